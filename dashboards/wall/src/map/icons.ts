import type { Map as GlMap } from 'maplibre-gl'
import { COLOUR, SHAPE, WORD_AT } from '../alerts/severity'
import { SEVERITIES } from '../city/types'
import { sayOf } from '../texts/texts'

const FONT = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
const PIXELS = 2

function draw(size: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * PIXELS
  const context = canvas.getContext('2d')!
  context.scale(PIXELS, PIXELS)
  paint(context)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/** Signs of severity, filled while nobody has acknowledged, hollow after; and the arrow of flow. */
export function addIcons(map: GlMap): void {
  for (const severity of SEVERITIES)
    for (const handled of [false, true]) {
      const image = draw(32, (context) => {
        context.translate(4, 4)
        const shape = new Path2D(SHAPE[severity])
        context.lineJoin = 'round'
        context.lineWidth = 5
        context.strokeStyle = '#0b1118'
        context.stroke(shape)
        context.fillStyle = handled ? '#17212c' : COLOUR[severity]
        context.fill(shape)
        context.lineWidth = 2
        context.strokeStyle = COLOUR[severity]
        context.stroke(shape)
        context.fillStyle = handled ? COLOUR[severity] : '#10161d'
        context.font = `700 11px ${FONT}`
        context.textAlign = 'center'
        context.textBaseline = 'middle'
        context.fillText(sayOf('severity-sign', severity), 12, WORD_AT[severity] + 0.5)
      })
      put(map, `${severity}-${handled ? 'handled' : 'raised'}`, image)
    }
  put(map, 'flow', draw(12, (context) => {
    context.strokeStyle = '#cfe2f3'
    context.lineWidth = 1.6
    context.beginPath()
    context.moveTo(4, 2.5)
    context.lineTo(8.5, 6)
    context.lineTo(4, 9.5)
    context.stroke()
  }))
}

function put(map: GlMap, name: string, image: ImageData): void {
  if (map.hasImage(name)) map.updateImage(name, image)
  else map.addImage(name, image, { pixelRatio: PIXELS })
}
