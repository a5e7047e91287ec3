/** A wall screen is read from afar: everything drawn on the map grows with the type scale. */
const wide = typeof innerWidth === 'number' ? innerWidth : 0
export const SCALE = wide >= 3400 ? 1.75 : wide >= 2400 ? 1.15 : 1
export const px = (size: number) => size * SCALE
