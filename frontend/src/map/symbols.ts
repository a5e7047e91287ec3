/** Map symbols: the register's own drawing, white on an ink disc, made in a canvas. */
import type { Map as MapLibre } from 'maplibre-gl'
import { drawing, iconKey } from '@/design/icons'

/** Restrained inks, told apart by drawing first; never one of the four warning colours. */
const INKS: Record<string, string> = {
  shelter: '#0a6a62',
  team: '#4a3f8c',
  unit: '#44535f',
  person: '#44535f',
  post: '#44535f',
  'key-site': '#7a4b2b',
  reservoir: '#2f5d73',
  'danger-zone': '#8a1f5c',
  household: '#5b6b2f',
  resident: '#5b6b2f',
  vessel: '#1f4a52',
  camera: '#2b2b33',
}
const OTHER = '#44535f'
/** The same inks light enough for dots and lines on dark ground. */
const TINTS: Record<string, string> = {
  shelter: '#5fc0b5',
  team: '#a79be6',
  unit: '#9fb0bc',
  person: '#9fb0bc',
  post: '#9fb0bc',
  'key-site': '#c99a77',
  reservoir: '#7fb0c8',
  'danger-zone': '#e08bbd',
  household: '#a9bb73',
  resident: '#a9bb73',
  vessel: '#6fa3ac',
  camera: '#b3b3c2',
}
const OTHER_TINT = '#9fb0bc'
const SIZE = 26
const RATIO = 2

export const inkOf = (icon: string): string => INKS[iconKey(icon)] ?? OTHER
export const tintOf = (icon: string): string => TINTS[iconKey(icon)] ?? OTHER_TINT
export const symbolOf = (icon: string) => `symbol:${icon}`

function draw(icon: string): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const brush = canvas.getContext('2d') as CanvasRenderingContext2D
  brush.scale(RATIO, RATIO)
  brush.beginPath()
  brush.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 1, 0, Math.PI * 2)
  brush.fillStyle = inkOf(icon)
  brush.fill()
  brush.lineWidth = 1.6
  brush.strokeStyle = '#ffffff'
  brush.stroke()
  brush.translate(SIZE / 2 - 8, SIZE / 2 - 8)
  brush.scale(16 / 24, 16 / 24)
  brush.lineWidth = 2.1
  brush.lineCap = brush.lineJoin = 'round'
  brush.stroke(new Path2D(drawing(icon)))
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}

export function addSymbols(map: MapLibre, icons: Iterable<string>): void {
  for (const icon of new Set(icons)) {
    const name = symbolOf(icon)
    if (!map.hasImage(name)) map.addImage(name, draw(icon), { pixelRatio: RATIO })
  }
}
