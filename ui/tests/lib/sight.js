// What can be seen of a page: the contrast of its texts, edges and signs, and the size of what can be pressed. Each
// function stands alone: it runs inside the page.

/** Every text, sign, edge of a control and mark of the current page that is too pale, and how many were looked at. */
export function pale() {
  const rgba = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const over = (front, back) => front.channels.map((one, index) => one * front.alpha + back[index] * (1 - front.alpha));
  const linear = (one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    const below = element ? behind(element.parentElement) : [255, 255, 255];
    return element ? over(rgba(getComputedStyle(element).backgroundColor), below) : below;
  };
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.unseen');

  const found = [];
  const looked = { text: 0, edge: 0, sign: 0, mark: 0 };
  function look(kind, element, color, back, least) {
    looked[kind] += 1;
    const ratio = contrast(over(rgba(color), back), back);
    if (ratio < least) found.push(`${kind} ${ratio.toFixed(2)} < ${least}: ${element.outerHTML.slice(0, 90)}`);
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() && isSeen(element)) look('text', element, getComputedStyle(element).color, behind(element), 4.5);
  }
  for (const input of document.querySelectorAll('input')) {
    look('text', input, getComputedStyle(input, '::placeholder').color, behind(input), 4.5);
  }
  for (const control of document.querySelectorAll('button, input, select')) {
    const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(control);
    const outside = behind(control.parentElement);
    const isBare = rgba(borderTopColor).alpha === 0 && rgba(backgroundColor).alpha === 0;
    if (!isSeen(control) || isBare || control.matches('[aria-current]')) continue;
    if (parseFloat(borderTopWidth) < 1) found.push(`no edge: ${control.outerHTML.slice(0, 90)}`);
    look('edge', control, borderTopColor, outside, 3);
  }
  for (const shape of document.querySelectorAll('svg path, svg circle')) {
    const { fill, stroke } = getComputedStyle(shape);
    if (isSeen(shape)) look('sign', shape, fill === 'none' ? stroke : fill, behind(shape.closest('svg')), 3);
  }
  for (const current of document.querySelectorAll('[aria-current]')) {
    const { backgroundColor, width } = getComputedStyle(current, '::before');
    if (!(parseFloat(width) >= 3)) found.push(`no mark: ${current.outerHTML.slice(0, 90)}`);
    look('mark', current, backgroundColor, behind(current), 3);
    look('mark', current, backgroundColor, behind(current.parentElement), 3);
  }
  return { found, looked };
}

/** What can be pressed and is smaller than 24 × 24, and how much can be pressed at all. */
export function small() {
  const targets = [...document.querySelectorAll('button, a, input, select, summary, [role=option]')];
  const seen = targets.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.unseen'));
  const sizes = seen.map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)]);
  const found = sizes.filter(([{ width, height }]) => Math.min(width, height) < 23.99);
  return { found: found.map(([{ width, height }, html]) => `${width} × ${height}: ${html}`), looked: seen.length };
}
