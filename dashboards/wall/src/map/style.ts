import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

/** The wall's own style: no tile server, no sprite, no glyph server; letters come from the machine's fonts. */
export const FONT = ['Noto Sans CJK SC']

export const KIND_COLOUR: Record<string, string> = {
  waterlogging: '#7fd4ff', rain_gauge: '#8fb8ff', pipe: '#58c7c2', outfall: '#4aa8b8', river: '#5b9bff', reservoir: '#7aa7ff', tide: '#9a9cff',
  water_quality: '#86d99a', smoke: '#e0a37e', heat: '#d98d8d', gas: '#d9b26a', charger: '#b8c96a', manhole: '#b7a6d6', slope: '#c2a27c',
  parking: '#8794a6', generic: '#8794a6',
}

const byKind: ExpressionSpecification = [
  'match', ['get', 'kind'], ...Object.entries(KIND_COLOUR).flat(), '#8794a6',
] as unknown as ExpressionSpecification

const silent: ExpressionSpecification = ['boolean', ['feature-state', 'silent'], false]

/** Filling of a pipe, 0 to more than 1, from the sensor at its upper end. */
const filling: ExpressionSpecification = ['number', ['feature-state', 'filling'], -1]

const fillingColour: ExpressionSpecification = [
  'case', ['<', filling, 0], '#3d5166',
  ['step', filling, '#3f7fa6', 0.5, '#4fc3e8', 0.8, '#ffb03d', 1, '#ff5c54'],
]

/** Fuller ones are wider, too, for who does not tell the colours apart. */
const fillingWidth = (width: number): ExpressionSpecification => ['*', width, ['step', filling, 1, 0.8, 1.7, 1, 2.6]]

export const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

export const style: StyleSpecification = {
  version: 8,
  sources: {
    district: { type: 'geojson', data: empty },
    network: { type: 'geojson', data: empty, promoteId: 'from' },
    stations: { type: 'geojson', data: empty, promoteId: 'id' },
    things: { type: 'geojson', data: empty, promoteId: 'id', cluster: true, clusterRadius: 46, clusterMaxZoom: 14 },
    alerts: { type: 'geojson', data: empty, promoteId: 'id' },
    depths: { type: 'geojson', data: empty, promoteId: 'id' },
    selected: { type: 'geojson', data: empty },
  },
  layers: [
    { id: 'ground', type: 'background', paint: { 'background-color': '#0b1118' } },
    layer('area', 'fill', 'district', ['==', ['get', 'layer'], 'boundary'], { 'fill-color': '#111a24' }),
    layer('street-line', 'line', 'district', ['==', ['get', 'layer'], 'street'], { 'line-color': '#2b3d50', 'line-width': 1, 'line-dasharray': [3, 3] }),
    layer('reservoir', 'fill', 'district', ['==', ['get', 'layer'], 'reservoir'], { 'fill-color': '#16405f', 'fill-outline-color': '#2f6d97' }),
    layer('river', 'line', 'district', ['==', ['get', 'layer'], 'river'], { 'line-color': '#245b86', 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2.5, 15, 9] }),
    layer('boundary', 'line', 'district', ['==', ['get', 'layer'], 'boundary'], { 'line-color': '#5f7d99', 'line-width': 1.6 }),
    layer('pipe-line', 'line', 'network', null, { 'line-color': fillingColour, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, fillingWidth(1), 15, fillingWidth(3.5)] }),
    layer('pipe-flow', 'symbol', 'network', null, { 'icon-opacity': 0.8 },
      { 'symbol-placement': 'line-center', 'icon-image': 'flow', 'icon-size': ['interpolate', ['linear'], ['zoom'], 11.5, 0.6, 15, 1.2], 'icon-allow-overlap': true }, 11.5),
    layer('river-name', 'symbol', 'district', ['in', ['get', 'layer'], ['literal', ['river', 'reservoir']]], { 'text-color': '#7fb3dc', 'text-halo-color': '#0b1118', 'text-halo-width': 1.5 },
      { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'symbol-placement': 'point' }, 11.8),
    layer('street-name', 'symbol', 'district', ['==', ['get', 'layer'], 'street-label'], { 'text-color': '#a9bacb', 'text-halo-color': '#0b1118', 'text-halo-width': 2 },
      { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 11, 13, 14, 17],
        // Yields to the figures of clusters, which are read as numbers.
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 1 }),
    layer('thing-cluster', 'circle', 'things', ['has', 'point_count'], {
      'circle-color': '#1c2937', 'circle-stroke-color': '#56697d', 'circle-stroke-width': 1,
      'circle-radius': ['step', ['get', 'point_count'], 10, 50, 13, 200, 17, 1000, 22],
    }),
    layer('thing-count', 'symbol', 'things', ['has', 'point_count'], { 'text-color': '#b9c7d4' },
      { 'text-field': ['get', 'point_count_abbreviated'], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true }),
    layer('thing', 'circle', 'things', ['!', ['has', 'point_count']], dot(3.2)),
    layer('station', 'circle', 'stations', null, dot(4)),
    layer('station-sign', 'symbol', 'stations', null, { 'text-color': byKind, 'text-halo-color': '#0b1118', 'text-halo-width': 1.4 },
      { 'text-field': ['get', 'sign'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-optional': true }, 13.2),
    layer('thing-sign', 'symbol', 'things', ['!', ['has', 'point_count']], { 'text-color': byKind, 'text-halo-color': '#0b1118', 'text-halo-width': 1.4 },
      { 'text-field': ['get', 'sign'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-optional': true }, 14.5),
    layer('alert', 'symbol', 'alerts', null, {}, {
      'icon-image': ['concat', ['get', 'severity'], '-', ['get', 'handled']], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 11, signSize(0.8), 14, signSize(1.15)], 'symbol-sort-key': ['get', 'rank'],
    }),
    layer('depth', 'symbol', 'depths', ['!=', ['get', 'text'], ''], { 'text-color': ['get', 'colour'], 'text-halo-color': '#0b1118', 'text-halo-width': 2.2 },
      { 'text-field': ['get', 'text'], 'text-font': FONT, 'text-size': 15, 'text-offset': [0, 1.5], 'text-anchor': 'top', 'symbol-sort-key': ['get', 'order'], 'text-variable-anchor': ['top', 'right', 'left', 'bottom'], 'text-radial-offset': 1.2, 'text-justify': 'auto' }),
    layer('selected', 'circle', 'selected', null, { 'circle-radius': 15, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2.5 }),
  ],
}

/** Red ones largest; handled ones and blue ones small, so that a crowd of them hides nothing. */
function signSize(scale: number): ExpressionSpecification {
  return ['*', scale, ['case', ['==', ['get', 'handled'], 'handled'], 0.62, ['match', ['get', 'severity'], 'red', 1.1, 'orange', 1, 'yellow', 0.85, 0.62]]]
}

function dot(radius: number): Record<string, unknown> {
  return {
    'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, radius * 0.75, 15, radius * 1.7],
    'circle-color': ['case', silent, '#0b1118', byKind],
    'circle-stroke-color': ['case', silent, '#8a98a8', '#0b1118'],
    'circle-stroke-width': ['case', silent, 1.5, 0.8],
  }
}

function layer(
  id: string, type: 'fill' | 'line' | 'circle' | 'symbol', source: string, filter: ExpressionSpecification | null,
  paint: Record<string, unknown>, layout: Record<string, unknown> = {}, minzoom?: number,
): LayerSpecification {
  return { id, type, source, ...(filter ? { filter } : {}), paint, layout, ...(minzoom ? { minzoom } : {}) } as unknown as LayerSpecification
}
