import { LngLatBounds, Map as GlMap, type LngLat, Popup, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { isOffline, isSilent, isTold, sensors, takeMoved } from '../city/city'
import { KINDS } from '../city/kinds'
import { ask } from '../link/api'
import { token } from '../link/session'
import { summaryOf } from '../drawer/summary'
import { say } from '../texts/texts'
import { grow, sharpness } from '../views/grow'
import { moved, toMap, type MapDatum, type Position } from './datum'
import { alertFeatures, depthFeatures, fillingOf, sensorFeatures } from './features'
import { addIcons } from './icons'
import { empty, style } from './style'
import { WayBack } from './wayBack'

setWorkerUrl(workerUrl)

export interface BaseMapSettings {
  tiles: string[]
  datum: MapDatum
  attribution: string
  zoomMax: number
}

const BOUNDS: [number, number, number, number] = [114.07, 22.528, 114.212, 22.618]
const STATES_PER_PULSE = 4_000
/** A worker that could not be fetched says nothing: then the map never comes. A picture drawn by software takes long, too. */
const OPEN_MS_MAX = 90_000
const FLIGHT_MS = 600
/** A worker that hangs leaves a map without stations, which is a map still. */
const DRAWN_MS_MAX = 15_000

/** The map: draws what the city holds, and asks nothing of it that it does not need. */
export class CityMap {
  readonly gl: GlMap
  private readonly move: (place: Position) => Position
  private readonly states = new Map<string, string>()
  private readonly crowns = new Map<string, number>()
  private readonly popup = new Popup({ closeButton: false, closeOnClick: false, offset: 12 })
  private readonly drawn = new Map<string, string>()
  private shown: ReadonlySet<string> = new Set()
  private district: GeoJSON.FeatureCollection = empty
  /** The officer, or a station that was picked, has put the map elsewhere: it stays there. */
  private moved = false
  private readonly wayBack = new WayBack<{ center: LngLat; zoom: number }>()

  private constructor(container: HTMLElement, baseMap: BaseMapSettings | null, private readonly pick: (id: string) => void) {
    this.move = toMap(baseMap?.datum ?? 'wgs84')
    this.gl = new GlMap({
      container, style: structuredClone(style), bounds: this.box(BOUNDS), fitBoundsOptions: { padding: 24 }, attributionControl: baseMap ? { compact: true, customAttribution: baseMap.attribution } : false,
      minZoom: 9, maxZoom: 19, dragRotate: false, pitchWithRotate: false, localIdeographFontFamily: '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
      fadeDuration: 0, maxPitch: 0, pixelRatio: sharpness(),
      // Tiles come through the host, which knows the provider's key; the wall's token goes in a header.
      transformRequest: (url) => (url.startsWith(location.origin + '/api/') ? { url, headers: { Authorization: `Bearer ${token.value}` } } : { url }),
    })
    this.gl.touchZoomRotate.disableRotation()
    if (baseMap) this.gl.once('load', () => this.addBaseMap(baseMap))
    if (isDrawnBySoftware(this.gl)) coarseWhileMoving(this.gl)
  }

  /** Resolves when the map can take data. */
  static async open(container: HTMLElement, baseMap: BaseMapSettings | null, pick: (id: string) => void): Promise<CityMap> {
    const map = new CityMap(container, baseMap, pick)
    try {
      await new Promise<void>((resolve, reject) => {
        map.gl.once('load', () => resolve())
        map.gl.once('error', (event) => (map.gl.loaded() ? undefined : reject(event.error)))
        setTimeout(() => reject(new Error('The map does not come.')), OPEN_MS_MAX)
      })
      addIcons(map.gl)
      map.name()
      map.listen()
      await map.loadPlaces()
      return map
    } catch (error) {
      // The next try has one of its own: browsers have room for a few only.
      map.close()
      throw error
    }
  }

  /** Once the stations are drawn, which a machine without a graphics card may take long for. A map on which alerts and depths stream in is never idle. */
  seen(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.gl.isSourceLoaded('stations')) done()
      }
      const done = (): void => {
        clearTimeout(late)
        this.gl.off('render', look)
        resolve()
      }
      const late = setTimeout(done, DRAWN_MS_MAX)
      this.gl.on('render', look)
    })
  }

  close(): void {
    this.gl.remove()
  }

  showKinds(kinds: ReadonlySet<string>): void {
    this.shown = kinds
    const { stations, things } = sensorFeatures(kinds, this.move)
    this.states.clear()
    this.gl.removeFeatureState({ source: 'stations' })
    this.gl.removeFeatureState({ source: 'things' })
    this.data('stations', stations)
    this.data('things', things)
    this.updateAll()
  }

  showAlerts(kinds: ReadonlySet<string> | null): void {
    this.changed('alerts', alertFeatures(this.move, kinds))
  }

  /** Only what looks different is told to the map: of 2,000 readings a second most change nothing that is drawn. */
  update(): void {
    const ids = takeMoved()
    for (const id of ids.length > STATES_PER_PULSE ? ids.slice(0, STATES_PER_PULSE) : ids) this.updateSensor(id)
    this.changed('depths', depthFeatures(this.move))
  }

  /** Silence comes without a reading, so now and then all are looked at. */
  updateAll(): void {
    for (const id of sensors.keys()) this.updateSensor(id)
    this.changed('depths', depthFeatures(this.move))
  }

  select(id: string): void {
    const place = sensors.get(id)?.location
    if (!place) {
      this.data('selected', empty)
      this.comeBack()
      return
    }
    this.wayBack.go(() => (this.moved ? { center: this.gl.getCenter(), zoom: this.gl.getZoom() } : 'whole'))
    this.moved = true
    const coordinates = this.move([place.longitude, place.latitude])
    this.data('selected', { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: {} }] })
    // Beside the drawer, not below it. MapLibre itself jumps instead of moving for who prefers less motion.
    const covered = Math.max(0, this.gl.getContainer().getBoundingClientRect().right - (document.querySelector('.drawer')?.getBoundingClientRect().left ?? Infinity)) / grow()
    const offset: [number, number] = covered < this.gl.getContainer().clientWidth ? [-covered / 2, 0] : [0, 0]
    this.gl.easeTo({ center: coordinates, zoom: Math.max(this.gl.getZoom(), 13.5), offset, duration: FLIGHT_MS })
  }

  /** Whoever has looked at a station goes on where he was. */
  private comeBack(): void {
    const stand = this.wayBack.come()
    if (stand === 'whole') this.fit(true)
    else if (stand) this.gl.easeTo({ ...stand, duration: FLIGHT_MS })
  }

  /** Another view: the whole district, once no station is open. */
  begin(): void {
    if (this.wayBack.away) this.wayBack.begin()
    else this.fit()
  }

  whole(): void {
    this.gl.resize()
    this.fit()
  }

  /** The whole district above the legend. */
  private fit(animate = false): void {
    const legend = (this.gl.getContainer().parentElement?.querySelector('.legend')?.clientHeight ?? 0) / grow()
    const room = this.gl.getContainer().clientHeight
    this.gl.fitBounds(this.box(BOUNDS), { padding: { top: 24, left: 24, right: 24, bottom: Math.min(24 + legend, room / 3) }, animate, duration: FLIGHT_MS })
    this.moved = false
  }

  redrawTexts(): void {
    this.name()
    addIcons(this.gl)
    this.showKinds(this.shown)
  }

  /** What who cannot see it is told, in his language: the library says "Map". */
  private name(): void {
    this.gl.getCanvas().setAttribute('aria-label', say('map.keys'))
  }

  private updateSensor(id: string): void {
    const sensor = sensors.get(id)
    if (!sensor?.location) return
    const silent = isTold.value && (isOffline(sensor) || isSilent(sensor, KINDS[sensor.kind]?.metric))
    const filling = fillingOf(sensor, this.crowns)
    const step = filling === null ? -1 : Math.round(filling * 20) / 20
    const state = `${silent}${step}`
    if (this.states.get(id) === state) return
    this.states.set(id, state)
    if (this.shown.has(sensor.kind)) for (const source of ['stations', 'things']) this.gl.setFeatureState({ source, id }, { silent })
    if (this.crowns.has(sensor.kind)) this.gl.setFeatureState({ source: 'network', id }, { filling: step })
  }

  private async loadPlaces(): Promise<void> {
    const [district, network, rules] = await Promise.all([
      ask<GeoJSON.FeatureCollection>('/api/v1/district'),
      ask<GeoJSON.FeatureCollection>('/api/v1/network'),
      ask<{ items: { kind: string; rules: { rule: { id: string; steps?: { at: number }[] } }[] }[] }>('/api/v1/rules'),
    ])
    // The first step of the level rule is the crown of the pipe, as its source says.
    for (const kind of rules.items)
      for (const { rule } of kind.rules)
        if (rule.id === `${kind.kind}-level` && rule.steps?.[0] && (kind.kind === 'pipe' || kind.kind === 'outfall')) this.crowns.set(kind.kind, rule.steps[0].at)
    this.district = district
    this.data('district', this.shift(this.district))
    this.data('network', this.shift(network))
  }

  private listen(): void {
    const { gl } = this
    gl.on('movestart', (event) => {
      if (!('originalEvent' in event && event.originalEvent)) return
      this.moved = true
      this.wayBack.forget()
    })
    // A line above the map or a chart below it takes room: the district must not lose its edges by it. The library tells of a resize, too, when only
    // the sharpness changes, as it does while the map moves.
    let size = ''
    gl.on('resize', () => {
      const { clientWidth, clientHeight } = gl.getContainer()
      if (size === (size = `${clientWidth}×${clientHeight}`)) return
      // Moved to another screen.
      if (!gl.isMoving()) gl.setPixelRatio(sharpness())
      if (!this.moved) this.fit()
    })
    for (const layer of ['alert', 'station', 'thing', 'depth']) {
      gl.on('click', layer, (event) => event.features?.[0] && this.pick(String(event.features[0].properties['id'])))
      gl.on('mousemove', layer, (event) => this.hint(event, String(event.features?.[0]?.properties['id'] ?? '')))
      gl.on('mouseleave', layer, () => {
        gl.getCanvas().style.cursor = ''
        this.popup.remove()
      })
    }
    gl.on('click', 'thing-cluster', (event) => {
      const cluster = event.features?.[0]
      if (!cluster) return
      const centre = (cluster.geometry as GeoJSON.Point).coordinates as Position
      void (gl.getSource('things') as GeoJSONSource).getClusterExpansionZoom(Number(cluster.properties['cluster_id'])).then((zoom) => gl.easeTo({ center: centre, zoom, duration: 400 }))
    })
  }

  private hint(event: MapMouseEvent, id: string): void {
    const sensor = sensors.get(id)
    if (!sensor?.location) return
    this.gl.getCanvas().style.cursor = 'pointer'
    this.popup.setLngLat(this.move([sensor.location.longitude, sensor.location.latitude])).setText(summaryOf(sensor)).addTo(this.gl)
    event.preventDefault()
  }

  private addBaseMap(baseMap: BaseMapSettings): void {
    baseMap.tiles.forEach((tiles, index) => {
      this.gl.addSource(`base-${index}`, { type: 'raster', tiles: [location.origin + tiles], tileSize: 256, maxzoom: baseMap.zoomMax })
      // Darkened and greyed: what is measured must stand out, not the streets.
      this.gl.addLayer({ id: `base-${index}`, type: 'raster', source: `base-${index}`, paint: { 'raster-saturation': -0.7, 'raster-brightness-max': 0.45 } }, 'area')
    })
    this.gl.setPaintProperty('area', 'fill-opacity', 0.15)
  }

  private shift(collection: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
    return { ...collection, features: collection.features.map((feature) => ({ ...feature, geometry: moved(feature.geometry, this.move) })) }
  }

  private box([west, south, east, north]: [number, number, number, number]): LngLatBounds {
    return new LngLatBounds(this.move([west, south]), this.move([east, north]))
  }

  /** Given again and again while nothing changed, the same features cost nothing. */
  private changed(source: string, data: GeoJSON.FeatureCollection): void {
    const text = JSON.stringify(data.features.map((feature) => feature.properties))
    if (this.drawn.get(source) === text) return
    this.drawn.set(source, text)
    this.data(source, data)
  }

  private data(source: string, data: GeoJSON.FeatureCollection): void {
    ;(this.gl.getSource(source) as GeoJSONSource | undefined)?.setData(data)
  }
}

/** Without a graphics card every pixel is the processor's work. */
function isDrawnBySoftware(gl: GlMap): boolean {
  const context = gl.getCanvas().getContext('webgl2')
  const info = context?.getExtension('WEBGL_debug_renderer_info')
  return info ? /swiftshader|llvmpipe|software/i.test(String(context!.getParameter(info.UNMASKED_RENDERER_WEBGL))) : false
}

/** A quarter of the pixels while the map moves, all of them as soon as it rests. */
function coarseWhileMoving(gl: GlMap): void {
  // A change of the ratio is itself told as a movement.
  let turning = false
  const turnTo = (ratio: number): void => {
    if (turning || gl.getPixelRatio() === ratio) return
    turning = true
    gl.setPixelRatio(ratio)
    turning = false
  }
  gl.on('movestart', () => turnTo(sharpness() / 2))
  gl.on('moveend', () => turnTo(sharpness()))
}
