/** The sign of a warning as a picture, to be sent to a group: hazard, colour, station and time. */
import { levelInk, levelPaint, type Level } from '@/sense/levels'
import { moment } from '@/locale/figures'

export interface Sign {
  hazard: string
  colour: string
  level: Level
  /** The drawing of the hazard: a path in a square of a hundred. */
  glyph: string
  station: string
  sentAt: string | null
}

const SIDE = 720
const FONT = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

/** The drawing stands above the words, as on the picture other systems fetch. */
const PLACE = { x: 195, y: 50, scale: 3.3 }

function draw(brush: CanvasRenderingContext2D, glyph: string): void {
  brush.save()
  brush.translate(PLACE.x, PLACE.y)
  brush.scale(PLACE.scale, PLACE.scale)
  brush.lineWidth = 5
  brush.lineCap = 'round'
  brush.lineJoin = 'round'
  brush.stroke(new Path2D(glyph))
  brush.restore()
}

/** As large as it may be without leaving the picture. */
function write(brush: CanvasRenderingContext2D, text: string, y: number, most: number): void {
  let size = most
  do {
    brush.font = `700 ${size}px ${FONT}`
    size -= 4
  } while (brush.measureText(text).width > SIDE - 90 && size > 20)
  brush.fillText(text, SIDE / 2, y)
}

/** A PNG; null where the browser cannot draw. */
export function drawSign(sign: Sign): Promise<Blob | null> {
  const sheet = document.createElement('canvas')
  sheet.width = SIDE
  sheet.height = SIDE
  const brush = sheet.getContext('2d')
  if (!brush) return Promise.resolve(null)
  brush.fillStyle = levelPaint(sign.level)
  brush.fillRect(0, 0, SIDE, SIDE)
  const ink = levelInk(sign.level)
  brush.strokeStyle = ink
  brush.lineWidth = 8
  brush.strokeRect(22, 22, SIDE - 44, SIDE - 44)
  brush.fillStyle = ink
  brush.textAlign = 'center'
  draw(brush, sign.glyph)
  write(brush, sign.hazard, 490, 96)
  write(brush, sign.colour, 568, 64)
  write(brush, sign.station, 626, 34)
  write(brush, moment(sign.sentAt), 668, 30)
  return new Promise((give) => sheet.toBlob(give, 'image/png'))
}

export async function saveSign(sign: Sign): Promise<boolean> {
  const picture = await drawSign(sign)
  if (!picture) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(picture)
  link.download = `${sign.hazard}${sign.colour}-${moment(sign.sentAt).replace(/\D/g, '')}.png`
  link.click()
  URL.revokeObjectURL(link.href)
  return true
}
