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
const STEP_COST = 0.1;
/** For each thing a dish needs to have done to it, at the moment it is done; 1 more for the whole order. */
const PROGRESS_REWARD = 0.2;

const FOODS = ['egg', 'onion', 'carrot', 'apple'];
/** How each dish is made ready, beside being taken and served. */
const DISHES = {
  washed: ['wash'],
  'washed and chopped': ['wash', 'chop'],
  boiled: ['boil'],
  fried: ['fry'],
  baked: ['bake'],
} as const;
/** What is true of a food after it, and what has to be the case for it. */
const VERBS = {
  wash: { done: 'washed', needs: [] },
  chop: { done: 'chopped', needs: [] },
  boil: { done: 'boiled', needs: ['the pot is full', 'the stove is on'] },
  fry: { done: 'fried', needs: ['the pan is oiled', 'the stove is on'] },
  bake: { done: 'baked', needs: ['the oven is hot'] },
} as const;
const VESSELS = ['in the pot', 'in the pan', 'in the oven'] as const;
type Verb = keyof typeof VERBS;
type Vessel = (typeof VESSELS)[number];
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

const factsOf = (dish: Dish, food: string): string[] =>
  DISHES[dish].map((verb) => `the ${food} is ${VERBS[verb].done}`);
const verbsLeft = (dish: Dish, food: string, facts: Facts): Verb[] =>
  DISHES[dish].filter((verb) => !facts.has(`the ${food} is ${VERBS[verb].done}`));
const isServed = (food: string, facts: Facts): boolean => facts.has(`the ${food} is on the plate`);
const nameOf = (orders: readonly Order[]): string => orders.map(([dish, food]) => `${dish} ${food}`).join(' and ');
const singles = Object.keys(DISHES).flatMap((dish) => FOODS.map((food): readonly Order[] => [[dish as Dish, food]]));
const heldOut = new Set(HELD_OUT.map(nameOf));

function rulesFor([dish, food]: Order): Rule[] {
  const [raw, held] = [`the ${food} is in the fridge`, `I hold the ${food}`];
  const inVessels = VESSELS.map((vessel) => `the ${food} is ${vessel}`);
  const take = (from: string, ...needs: readonly string[]): Rule => {
    const forbids = FOODS.map((other) => `I hold the ${other}`);
    return { action: `take the ${food}`, needs: [from, ...needs], forbids, adds: [held], removes: [from] };
  };
  const inHand = (verb: Verb): Rule => {
    const after = `the ${food} is ${VERBS[verb].done}`;
    return { action: `${verb} the ${food}`, needs: [held], forbids: [after], adds: [after], removes: [] };
  };
  const place = (vessel: Vessel): Rule => {
    const there = `the ${food} is ${vessel}`;
    return { action: `put the ${food} ${vessel}`, needs: [held], forbids: [], adds: [there], removes: [held] };
  };
  const cook = (verb: Verb, vessel: Vessel): Rule => {
    const [there, after] = [`the ${food} is ${vessel}`, `the ${food} is ${VERBS[verb].done}`];
    const needs = [there, ...VERBS[verb].needs];
    return { action: `${verb} the ${food}`, needs, forbids: [after], adds: [after], removes: [] };
  };
  const serve = (from: string): Rule => {
    const served = `the ${food} is on the plate`;
    const needs = [from, ...factsOf(dish, food)];
    return { action: `serve the ${food}`, needs, forbids: [], adds: [served], removes: [from] };
  };
  return [
    take(raw, 'the fridge is open'),
    ...inVessels.map((from) => take(from)),
    inHand('wash'),
    inHand('chop'),
    ...VESSELS.map(place),
    cook('boil', 'in the pot'),
    cook('fry', 'in the pan'),
    cook('bake', 'in the oven'),
    ...[held, ...inVessels].map(serve),
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
  private steps: number | undefined;

  constructor(readonly orders: readonly Order[]) {
    this.rules = [...KITCHEN, ...orders.flatMap(rulesFor)];
    this.preparations = orders.flatMap(([dish, food]) => factsOf(dish, food));
  }

  /** Steps of the shortest plan; searched for once. */
  get shortest(): number {
    this.steps ??= this.searchShortest();
    return this.steps;
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
    return this.orders.every(([, food]) => isServed(food, facts));
  }

  /** What is the case, and in the last sentence what is left to be done, which the action carries on. */
  describe(facts: Facts): string {
    const left = this.left(facts);
    if (left.length === 0) return 'All is served.';
    const known = this.told(facts).map((fact) => `${fact[0]?.toUpperCase()}${fact.slice(1)}. `);
    return `${known.join('')}To ${left.join(' and ')}, I`;
  }

  /** The facts that matter to what is left to be done. */
  private told(facts: Facts): string[] {
    const asked = this.orders.flatMap(([dish, food]) => {
      if (isServed(food, facts)) return [];
      const raw = `the ${food} is in the fridge`;
      const places = [raw, `I hold the ${food}`, ...VESSELS.map((vessel) => `the ${food} is ${vessel}`)];
      const needs = verbsLeft(dish, food, facts).flatMap((verb) => VERBS[verb].needs);
      return [...places, ...factsOf(dish, food), ...needs, ...(facts.has(raw) ? ['the fridge is open'] : [])];
    });
    return [...facts].filter((fact) => asked.includes(fact)).sort();
  }

  private left(facts: Facts): string[] {
    return this.orders.flatMap(([dish, food]) => {
      if (isServed(food, facts)) return [];
      const verbs = verbsLeft(dish, food, facts);
      return (verbs.length > 0 ? verbs : ['serve']).map((verb) => `${verb} the ${food}`);
    });
  }

  /** Breadth-first. */
  private searchShortest(): number {
    let level: Facts[] = [this.start()];
    const seen = new Set<string>();
    for (let steps = 0; level.length > 0; steps++) {
      if (level.some((facts) => this.isMet(facts))) return steps;
      level = level
        .flatMap((facts) => this.possible(facts).map((rule) => this.after(facts, rule)))
        .filter((facts) => {
          const key = [...facts].sort().join();
          return !seen.has(key) && seen.add(key);
        });
    }
    throw new Error(`no plan leads to ${nameOf(this.orders)}`);
  }
}

const KITCHENS = new Map([...singles, ...PAIRS, ...HELD_OUT].map((orders) => [nameOf(orders), new Kitchen(orders)]));

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
  tasks: { train: [...KITCHENS.keys()].filter((name) => !heldOut.has(name)), test: [...heldOut] },
  mostSteps: MOST_STEPS,

  reset(task): FirstObservation {
    const known = KITCHENS.get(task);
    if (!known) throw new Error(`the kitchen does not know how to make ${task}`);
    kitchen = known;
    facts = kitchen.start();
    steps = 0;
    const bestReturn = 1 + PROGRESS_REWARD * kitchen.preparations.length - STEP_COST * kitchen.shortest;
    return { ...see(), bestReturn };
  },

  step(action): StepAnswer {
    const rule = kitchen.possible(facts).find((one) => one.action === action);
    if (!rule) throw new Error(`"${action}" cannot be done now`);
    const before = kitchen.prepared(facts);
    facts = kitchen.after(facts, rule);
    steps += 1;
    const isMet = kitchen.isMet(facts);
    const progress = PROGRESS_REWARD * (kitchen.prepared(facts) - before);
    const reward = progress + (isMet ? 1 : 0) - STEP_COST;
    return { ...see(), reward, done: isMet || steps === MOST_STEPS };
  },
});
