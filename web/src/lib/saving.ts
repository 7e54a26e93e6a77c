// Saving what is on screen to a file of the person's.

export function save(name: string, content: Blob | string, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// What a file must be told of an element's looks, as no style sheet goes with it: of shapes and text, and of boxes.
const DRAWN = (
  'fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linejoin ' +
  'stroke-linecap paint-order opacity visibility display font-family font-size font-style ' +
  'font-weight font-variant-numeric letter-spacing text-anchor dominant-baseline'
).split(' ');
const LAID = (
  'color color-scheme box-sizing width height min-width min-height max-width max-height position left top ' +
  'right bottom transform clip-path z-index float vertical-align margin padding border-top ' +
  'border-right border-bottom border-left border-radius border-collapse border-spacing outline ' +
  'outline-offset background-color background-image background-size overflow flex flex-direction ' +
  'flex-wrap gap align-items align-self align-content justify-content justify-items justify-self ' +
  'order grid-template-columns grid-template-rows grid-auto-flow grid-auto-columns ' +
  'grid-auto-rows grid-row grid-column line-height text-align text-indent text-transform ' +
  'text-decoration white-space overflow-wrap word-break list-style table-layout'
).split(' ');
/** What is there to be used, not to be looked at. */
const USED = 'header > :not(.title), [popover], [popovertarget], .tip, .fault, .hidden-but-read';

/** Save a whole figure, its title and sentences with it, as PNG at twice its size on screen. */
export async function savePng(name: string, figure: HTMLElement): Promise<void> {
  const copy = styled(figure);
  const [box, last] = [figure, figure.lastElementChild!].map((each) =>
    each.getBoundingClientRect(),
  );
  // A figure is as high as its neighbour; its sentences end where they end.
  let [width, height] = [box.width, last.bottom - box.top + 17];
  // What scrolls is shown in full: the figure grows by what is out of sight.
  figure.querySelectorAll<HTMLElement>('*').forEach((element, place) => {
    if (!/auto|scroll/.test(getComputedStyle(element).overflow)) return;
    width = Math.max(width, box.width + element.scrollWidth - element.clientWidth);
    height += element.scrollHeight - element.clientHeight;
    let around: HTMLElement | null = copy.querySelectorAll<HTMLElement>('*')[place];
    around.style.overflow = 'visible';
    for (; around !== null; around = around.parentElement)
      Object.assign(around.style, { height: 'auto', maxHeight: 'none' });
  });
  [width, height] = [Math.ceil(width), Math.ceil(height)];
  Object.assign(copy.style, { width: `${width}px`, height: `${height}px` });
  copy.querySelectorAll(USED).forEach((each) => each.remove());
  const canvas = document.createElement('canvas');
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  const image = new Image();
  // A blob: address would taint the canvas, a data: address does not.
  image.src = `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas.width}" height="${canvas.height}" ` +
      `viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">` +
      `${written(copy)}</foreignObject></svg>`,
  )}`;
  await image.decode();
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = getComputedStyle(document.body).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob === null) throw new Error('The picture is too large to be drawn in this browser.');
  save(name, blob);
}

/** The diagrams of a figure, one below the other, as the text of an SVG file with the figure's background. */
export function svgText(figure: HTMLElement): string {
  let [width, height, inside] = [0, 0, ''];
  for (const svg of figure.querySelectorAll<SVGSVGElement>('.picture svg[role=img]')) {
    const box = svg.getBoundingClientRect();
    const copy = styled(svg);
    if (!svg.hasAttribute('viewBox'))
      copy.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
    copy.setAttribute('y', String(height));
    copy.setAttribute('width', String(box.width));
    copy.setAttribute('height', String(box.height));
    inside += written(copy);
    width = Math.max(width, box.width);
    height += box.height;
  }
  if (inside === '') throw new Error('There is no diagram here to be saved.');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" ` +
    `fill="${getComputedStyle(figure).backgroundColor}"/>${inside}</svg>`
  );
}

/** A copy that looks the same where there is no style sheet and no script. */
function styled<Kind extends HTMLElement | SVGSVGElement>(source: Kind): Kind {
  const copy = source.cloneNode(true) as Kind;
  const copies = [copy, ...copy.querySelectorAll<HTMLElement>('*')];
  [source, ...source.querySelectorAll('*')].forEach((element, place) => {
    const style = getComputedStyle(element);
    const names = element.parentElement?.closest('svg') ? DRAWN : [...DRAWN, ...LAID];
    const css = names.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';');
    copies[place].style.cssText = css;
    if (!(element instanceof HTMLCanvasElement)) return;
    const image = new Image();
    image.src = element.toDataURL();
    image.style.cssText = `${css};image-rendering:pixelated`;
    copies[place].replaceWith(image);
  });
  return copy;
}

function written(copy: Element): string {
  // Of mixed colours browsers say shares, which other programs do not read.
  return new XMLSerializer()
    .serializeToString(copy)
    .replaceAll(
      /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)/g,
      (_, ...parts) => `rgb(${parts.slice(0, 3).map((part) => Math.round(255 * part))})`,
    );
}
