/**
 * A field played on the map: grey frames below each other, coloured here, laid out for Mercator.
 *
 * Grey 0 is not known; 1 to 255 run over the product's span.
 */
import type { GridRow } from '../places'

/** Metres of surge and their colour; none of the four that belong to warnings. */
export type Stops = [number, [number, number, number, number]][]
export const STOPS: Stops = [
  [-1, [122, 106, 88, 190]],
  [-0.3, [168, 152, 132, 120]],
  [0, [160, 190, 188, 40]],
  [0.5, [126, 196, 186, 170]],
  [1, [48, 152, 142, 205]],
  [2, [8, 96, 92, 225]],
  [3, [86, 62, 138, 235]],
  [4, [140, 44, 122, 245]],
  [6, [84, 12, 62, 255]],
]

/** Colours of the 256 greys. */
export function colours([low, high]: [number, number], stops = STOPS): Uint32Array {
  const bytes = new Uint8ClampedArray(256 * 4)
  for (let grey = 1; grey < 256; grey += 1) {
    const value = low + ((grey - 1) / 254) * (high - low)
    const next = stops.findIndex(([at]) => at >= value)
    const [to, above] = stops[next < 0 ? stops.length - 1 : next] as (typeof stops)[number]
    const [from, below] = stops[
      Math.max((next < 0 ? stops.length : next) - 1, 0)
    ] as (typeof stops)[number]
    const part = to === from ? 1 : Math.min(Math.max((value - from) / (to - from), 0), 1)
    for (let n = 0; n < 4; n += 1)
      bytes[grey * 4 + n] =
        (below[n] as number) + part * ((above[n] as number) - (below[n] as number))
  }
  return new Uint32Array(bytes.buffer)
}

const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))

/** For each row of a picture even in Mercator the row of one even in degrees, north first. */
export function rowsFor(south: number, north: number, many: number): Int32Array {
  const [top, bottom] = [mercator(north), mercator(south)]
  return Int32Array.from({ length: many }, (_, row) => {
    const y = top + ((row + 0.5) / many) * (bottom - top)
    const lat = (Math.atan(Math.exp(y)) * 360) / Math.PI - 90
    return Math.min(Math.max(Math.floor(((north - lat) / (north - south)) * many), 0), many - 1)
  })
}

export interface Field {
  wide: number
  high: number
  times: number[]
  greys: Uint8Array
}

/** One frame between two: the greys half way, unknown where either is. */
export function blend(
  field: Field,
  time: number,
  rows: Int32Array,
  table: Uint32Array,
  out: Uint32Array,
): void {
  const { wide, high, times, greys } = field
  let at = 0
  while (at < times.length - 2 && (times[at + 1] as number) <= time) at += 1
  const [from, to] = [times[at] ?? 0, times[at + 1] ?? times[at] ?? 0]
  const part = to > from ? Math.min(Math.max((time - from) / (to - from), 0), 1) : 0
  const cells = wide * high
  const first = at * cells
  const second = Math.min(at + 1, times.length - 1) * cells
  for (let row = 0; row < high; row += 1) {
    const source = (rows[row] as number) * wide
    for (let column = 0; column < wide; column += 1) {
      const one = greys[first + source + column] as number
      const two = greys[second + source + column] as number
      const grey = one && two ? (one + (two - one) * part + 0.5) | 0 : 0
      out[row * wide + column] = table[grey] as number
    }
  }
}

/** The product of a run that can be played. */
export const playable = (grids: GridRow[]) =>
  grids.find(({ form, times, box, span }) => form === 'png' && times.length && box && span)

export const timesOf = (grid: GridRow) =>
  grid.times.map((one) => (typeof one === 'number' ? one : Date.parse(one)))

/** Fetches the picture and reads its greys. */
export async function readField(url: string, times: number[]): Promise<Field> {
  const told = await fetch(url)
  if (!told.ok) throw new Error(String(told.status))
  const picture = await createImageBitmap(await told.blob(), { colorSpaceConversion: 'none' })
  const canvas = document.createElement('canvas')
  canvas.width = picture.width
  canvas.height = picture.height
  const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  pen.drawImage(picture, 0, 0)
  const { data } = pen.getImageData(0, 0, picture.width, picture.height)
  const greys = new Uint8Array(picture.width * picture.height)
  for (let cell = 0; cell < greys.length; cell += 1) greys[cell] = data[cell * 4] as number
  return { wide: picture.width, high: Math.floor(picture.height / times.length), times, greys }
}
