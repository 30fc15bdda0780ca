// What the page can do beside being read: change its theme, copy a prompt, zoom into charts and read values off them.
// niceTicks, formatTick and tickLabels stand before this script, from src/report/charts/ticks.ts.

const root = document.documentElement;
const theme = document.getElementById('theme');
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';
const nameTheme = () => {
  theme.textContent = isDark() ? 'Light' : 'Dark';
  theme.setAttribute('aria-label', `${theme.textContent} colours`);
};
theme.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  nameTheme();
});
prefersDark.addEventListener('change', nameTheme);
theme.hidden = false;
nameTheme();

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
}

const SVG = 'http://www.w3.org/2000/svg';
const draw = (parent, name, attributes, text = '') => {
  const node = parent.appendChild(document.createElementNS(SVG, name));
  for (const key of Object.keys(attributes)) node.setAttribute(key, attributes[key]);
  node.textContent = text;
};
const share = (value, [low, high]) => (value - low) / (high - low);
const percent = (part) => `${100 * part}%`;

// Charts over the same axis are zoomed together.
const views = new Map();
const charts = JSON.parse(document.getElementById('charts').textContent).map((data) => {
  const figure = document.querySelector(`[data-chart="${data.id}"]`);
  const axis = `${data.id.replace(/-[a-z]+$/, '')} ${data.xName}`;
  const whole = views.get(axis)?.whole ?? data.x;
  const range = [Math.min(whole[0], data.x[0]), Math.max(whole[1], data.x[1])];
  views.set(axis, { whole: range, x: range });
  return { data, figure, axis, find: (selector) => figure.querySelector(selector) };
});

/** The range of values within the zoomed part. */
function visibleY({ data }, x) {
  if (x[0] <= data.x[0] && x[1] >= data.x[1]) return data.y;
  const seen = data.series.flatMap(({ points, band }) =>
    points.flatMap((point, i) => (point[0] >= x[0] && point[0] <= x[1] ? [point[1], ...(band ? band[i] : [])] : [])),
  );
  if (seen.length === 0) return data.y;
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const room = 0.06 * (high - low) || 0.1 * Math.abs(high) || 1;
  return data.bounds
    ? [Math.max(data.bounds[0], low - room), Math.min(data.bounds[1], high + room)]
    : [low - room, high + room];
}

function show(chart) {
  const { data, find } = chart;
  const { x } = views.get(chart.axis);
  const y = visibleY(chart, x);
  const left = 1000 * share(x[0], data.x);
  const top = 1000 * (1 - share(y[1], data.y));
  find('.curves').setAttribute(
    'viewBox',
    [left, top, 1000 * share(x[1], data.x) - left, 1000 * (1 - share(y[0], data.y)) - top].join(' '),
  );
  const [rows, grid, columns] = [find('.y-axis'), find('.grid'), find('.x-axis')];
  for (const part of [rows, grid, columns]) part.replaceChildren();
  const [yTicks, xTicks] = [niceTicks(y[0], y[1], 5, 0), niceTicks(x[0], x[1], 6, data.xGap)];
  for (const [i, label] of tickLabels(yTicks).entries()) {
    const at = percent(1 - share(yTicks[i], y));
    draw(rows, 'text', { x: '100%', y: at, dy: '0.32em' }, label);
    draw(grid, 'line', { x1: 0, x2: '100%', y1: at, y2: at });
  }
  for (const [i, label] of tickLabels(xTicks).entries()) {
    const at = share(xTicks[i], x);
    const end = at > 0.97 ? { 'text-anchor': 'end' } : at < 0.03 ? { 'text-anchor': 'start' } : {};
    draw(columns, 'text', { x: percent(at), y: '1em', ...end }, label);
  }
  chart.y = y;
}

function zoom(axis, low, high) {
  const view = views.get(axis);
  const [first, last] = view.whole;
  const size = Math.min(last - first, Math.max(high - low, (last - first) / 500));
  const from = Math.min(last - size, Math.max(first, (low + high - size) / 2));
  view.x = [from, from + size];
  for (const chart of charts) if (chart.axis === axis) show(chart);
}

function turn(axis, action) {
  const {
    x: [low, high],
    whole,
  } = views.get(axis);
  const quarter = (high - low) / 4;
  if (action === 'in') zoom(axis, low + quarter, high - quarter);
  else if (action === 'out') zoom(axis, low - 2 * quarter, high + 2 * quarter);
  else if (action === 'left') zoom(axis, low - quarter, high - quarter);
  else if (action === 'right') zoom(axis, low + quarter, high + quarter);
  else zoom(axis, whole[0], whole[1]);
}

/** The values nearest to a place, marked in the chart and written below it. */
function point(chart, at) {
  const { x } = views.get(chart.axis);
  const wanted = x[0] + at * (x[1] - x[0]);
  const nearest = (points) =>
    points.reduce((best, p) => (Math.abs(p[0] - wanted) < Math.abs(best[0] - wanted) ? p : best), points[0]);
  const found = chart.data.series
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({ name, value: nearest(points) }));
  if (found.length === 0) return;
  const reached = nearest(found.map(({ value }) => value))[0];
  const cursor = chart.find('.cursor');
  cursor.replaceChildren();
  const place = percent(share(reached, x));
  if (reached >= x[0] && reached <= x[1]) draw(cursor, 'line', { x1: place, x2: place, y1: 0, y2: '100%' });
  chart.find('output').textContent = [
    `${chart.data.xName} ${formatTick(reached)}`,
    ...found.map(({ name, value }) => `${name} ${formatTick(value[1])}`),
  ].join(' · ');
  chart.at = share(reached, x);
}

for (const chart of charts) {
  const plot = chart.find('.plot');
  const cursor = chart.find('.cursor');
  const placeOf = (event) => {
    const box = plot.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  let from;
  plot.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = placeOf(event);
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener('pointermove', (event) => {
    const at = placeOf(event);
    point(chart, at);
    if (from !== undefined)
      draw(cursor, 'rect', { x: percent(Math.min(from, at)), width: percent(Math.abs(at - from)), height: '100%' });
  });
  plot.addEventListener('pointerup', (event) => {
    const [low, high] = [from, placeOf(event)].sort((a, b) => a - b);
    const isDrag = from !== undefined && high - low > 0.02;
    from = undefined;
    cursor.replaceChildren();
    const { x } = views.get(chart.axis);
    if (isDrag) zoom(chart.axis, x[0] + low * (x[1] - x[0]), x[0] + high * (x[1] - x[0]));
  });
  plot.addEventListener('pointercancel', () => {
    from = undefined;
    cursor.replaceChildren();
  });
  plot.addEventListener('pointerleave', () => {
    if (from === undefined) cursor.replaceChildren();
  });
  plot.addEventListener('dblclick', () => turn(chart.axis, 'reset'));
  plot.addEventListener('keydown', (event) => {
    const action = { '+': 'in', '=': 'in', '-': 'out', 0: 'reset', Escape: 'reset' }[event.key];
    const move = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (action) turn(chart.axis, action);
    else if (move && event.shiftKey) turn(chart.axis, move < 0 ? 'left' : 'right');
    else if (move) point(chart, Math.min(1, Math.max(0, (chart.at ?? 0.5) + move)));
    else return;
    event.preventDefault();
  });
  for (const button of chart.figure.querySelectorAll('[data-zoom]'))
    button.addEventListener('click', () => turn(chart.axis, button.dataset.zoom));
  chart.find('.tools').hidden = false;
  show(chart);
}
