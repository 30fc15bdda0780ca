import { defineEnvironment, type FirstObservation, type StepAnswer } from '../../src/index.js';

/** A state is the set of facts that hold; an action has facts that it needs, forbids, brings about and ends. */
type Facts = ReadonlySet<string>;

interface Rule {
  readonly action: string;
  readonly needs: readonly string[];
  readonly forbids: readonly string[];
  readonly adds: readonly string[];
  readonly removes: readonly string[];
}

const MOST_STEPS = 30;
const STEP_COST = 0.02;
/** For each thing a dish needs to have done to it, at the moment it is done; 1 more for the whole order. */
const PROGRESS_REWARD = 0.2;
/** For a dish that is served before it is ready, which ends the episode. */
const SPOILT_REWARD = -0.5;

const FOODS = ['egg', 'onion', 'carrot', 'apple'];
/** How each dish is made ready, beside being taken and served. */
const DISHES = {
  washed: ['washed'],
  'washed and chopped': ['washed', 'chopped'],
  boiled: ['boiled'],
  fried: ['fried'],
  baked: ['baked'],
} as const;
type Dish = keyof typeof DISHES;
type Order = readonly [dish: Dish, food: string];

const HELD_OUT: readonly (readonly Order[])[] = [
  [['boiled', 'carrot']],
  [['fried', 'apple']],
  [['baked', 'onion']],
  [['washed and chopped', 'egg']],
  [
    ['washed', 'carrot'],
    ['baked', 'apple'],
  ],
];
const PAIRS: readonly (readonly Order[])[] = [
  [
    ['washed', 'apple'],
    ['boiled', 'egg'],
  ],
  [
    ['fried', 'onion'],
    ['boiled', 'egg'],
  ],
];

const nameOf = (orders: readonly Order[]): string => orders.map(([dish, food]) => `${dish} ${food}`).join(' and ');
const singles = Object.keys(DISHES).flatMap((dish) => FOODS.map((food): readonly Order[] => [[dish as Dish, food]]));
const heldOut = new Set(HELD_OUT.map(nameOf));
const ORDERS = new Map([...singles, ...PAIRS, ...HELD_OUT].map((orders) => [nameOf(orders), orders]));

function rulesFor(food: string): Rule[] {
  const [held, raw] = [`you hold the ${food}`, `the ${food} is in the fridge`];
  const vessels = { pot: 'in the pot', pan: 'in the pan', oven: 'in the oven' };
  const inHand = (action: string, state: string): Rule => {
    return { action, needs: [held], forbids: [state], adds: [state], removes: [] };
  };
  const place = (vessel: keyof typeof vessels): Rule => {
    const there = `the ${food} is ${vessels[vessel]}`;
    return { action: `put the ${food} ${vessels[vessel]}`, needs: [held], forbids: [], adds: [there], removes: [held] };
  };
  const cook = (verb: string, state: string, vessel: keyof typeof vessels, needs: readonly string[]): Rule => {
    const there = `the ${food} is ${vessels[vessel]}`;
    return { action: `${verb} the ${food}`, needs: [there, ...needs], forbids: [state], adds: [state], removes: [] };
  };
  const serve = (from: string): Rule => {
    return {
      action: `serve the ${food}`,
      needs: [from],
      forbids: [],
      adds: [`the ${food} is on the plate`],
      removes: [from],
    };
  };
  return [
    {
      action: `take the ${food}`,
      needs: [raw, 'the fridge is open'],
      forbids: FOODS.map((other) => `you hold the ${other}`),
      adds: [held],
      removes: [raw],
    },
    inHand(`wash the ${food}`, `the ${food} is washed`),
    inHand(`chop the ${food}`, `the ${food} is chopped`),
    place('pot'),
    place('pan'),
    place('oven'),
    cook('boil', `the ${food} is boiled`, 'pot', ['the pot is full', 'the stove is on']),
    cook('fry', `the ${food} is fried`, 'pan', ['the pan is oiled', 'the stove is on']),
    cook('bake', `the ${food} is baked`, 'oven', ['the oven is hot']),
    serve(held),
    ...Object.values(vessels).map((vessel) => serve(`the ${food} is ${vessel}`)),
  ];
}

const switchOn = (action: string, fact: string): Rule => ({
  action,
  needs: [],
  forbids: [fact],
  adds: [fact],
  removes: [],
});
const KITCHEN: readonly Rule[] = [
  switchOn('open the fridge', 'the fridge is open'),
  switchOn('fill the pot', 'the pot is full'),
  switchOn('oil the pan', 'the pan is oiled'),
  switchOn('turn on the stove', 'the stove is on'),
  switchOn('heat the oven', 'the oven is hot'),
];

/** One order of dishes with what can be done for it. */
class Kitchen {
  readonly rules: readonly Rule[];
  /** What the dishes need to have done to them. */
  readonly preparations: readonly string[];

  constructor(readonly orders: readonly Order[]) {
    this.rules = [...KITCHEN, ...orders.flatMap(([, food]) => rulesFor(food))];
    this.preparations = orders.flatMap(([dish, food]) => DISHES[dish].map((state) => `the ${food} is ${state}`));
  }

  start(): Facts {
    return new Set(this.orders.map(([, food]) => `the ${food} is in the fridge`));
  }

  possible(facts: Facts): Rule[] {
    return this.rules.filter(
      ({ needs, forbids }) => needs.every((fact) => facts.has(fact)) && !forbids.some((fact) => facts.has(fact)),
    );
  }

  after(facts: Facts, { adds, removes }: Rule): Facts {
    return new Set([...[...facts].filter((fact) => !removes.includes(fact)), ...adds]);
  }

  prepared(facts: Facts): number {
    return this.preparations.filter((fact) => facts.has(fact)).length;
  }

  isMet(facts: Facts): boolean {
    return this.orders.every(([, food]) => facts.has(`the ${food} is on the plate`)) && !this.isSpoilt(facts);
  }

  /** What is served stays served: a dish that is not ready then never will be. */
  isSpoilt(facts: Facts): boolean {
    return this.orders.some(
      ([dish, food]) =>
        facts.has(`the ${food} is on the plate`) && DISHES[dish].some((state) => !facts.has(`the ${food} is ${state}`)),
    );
  }

  describe(facts: Facts): string {
    const order = nameOf(this.orders);
    const known = [...facts].sort().join(', ');
    return `To make: ${order}. Now ${known}. For the ${order}, next`;
  }

  /** Steps of the shortest plan, by breadth-first search. */
  shortest(): number {
    let level: Facts[] = [this.start()];
    const seen = new Set<string>();
    for (let steps = 0; level.length > 0; steps++) {
      if (level.some((facts) => this.isMet(facts))) return steps;
      level = level
        .flatMap((facts) => this.possible(facts).map((rule) => this.after(facts, rule)))
        .filter((facts) => {
          const key = [...facts].sort().join();
          return !this.isSpoilt(facts) && !seen.has(key) && seen.add(key);
        });
    }
    throw new Error(`no plan leads to ${nameOf(this.orders)}`);
  }
}

let kitchen = new Kitchen([]);
let facts: Facts = new Set();
let steps = 0;

function see() {
  const actions = [...new Set(kitchen.possible(facts).map(({ action }) => action))];
  return { observation: kitchen.describe(facts), actions, turn: steps };
}

export default defineEnvironment({
  kind: 'environment',
  name: 'kitchen',
  tasks: { train: [...ORDERS.keys()].filter((name) => !heldOut.has(name)), test: [...heldOut] },
  mostSteps: MOST_STEPS,

  reset(task): FirstObservation {
    const orders = ORDERS.get(task);
    if (!orders) throw new Error(`the kitchen does not know how to make ${task}`);
    kitchen = new Kitchen(orders);
    facts = kitchen.start();
    steps = 0;
    const bestReturn = 1 + PROGRESS_REWARD * kitchen.preparations.length - STEP_COST * kitchen.shortest();
    return { ...see(), bestReturn };
  },

  step(action): StepAnswer {
    const rule = kitchen.possible(facts).find((one) => one.action === action);
    if (!rule) throw new Error(`"${action}" cannot be done now`);
    const before = kitchen.prepared(facts);
    facts = kitchen.after(facts, rule);
    steps += 1;
    const [isMet, isSpoilt] = [kitchen.isMet(facts), kitchen.isSpoilt(facts)];
    const progress = PROGRESS_REWARD * (kitchen.prepared(facts) - before);
    const reward = progress + (isMet ? 1 : 0) + (isSpoilt ? SPOILT_REWARD : 0) - STEP_COST;
    return { ...see(), reward, done: isMet || isSpoilt || steps === MOST_STEPS };
  },
});
