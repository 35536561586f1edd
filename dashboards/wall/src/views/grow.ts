/** How much larger everything is than at a desk: wall.css decides by the screen's width. Letters follow by rem; map and charts are drawn in pixels and are grown as a whole. */
export const grow = (): number => Number(getComputedStyle(document.documentElement).getPropertyValue('--grow')) || 1

/** Pixels to draw for each pixel of a grown drawing, so that it stays sharp. */
export const sharpness = (): number => devicePixelRatio * grow()
