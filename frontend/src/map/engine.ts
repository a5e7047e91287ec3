/** Starts MapLibre with our worker, controls and words. Loaded only where `canDraw()`. */
import {
  Map as MapLibre,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapOptions,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import './controls.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { language } from '@/locale'

// MapLibre 6 is modules only: without this the built map stays empty, and silently so.
setWorkerUrl(workerUrl)

export { MapLibre, Marker }

const WORDS: Record<string, string> = {
  'NavigationControl.ZoomIn': '放大',
  'NavigationControl.ZoomOut': '缩小',
  'NavigationControl.ResetBearing': '转回正北',
  'Map.Title': '地图',
  'Marker.Title': '标记',
  'ScaleControl.Meters': '米',
  'ScaleControl.Kilometers': '公里',
}

export function startMap(options: MapOptions): MapLibre {
  const map = new MapLibre({
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 18,
    fadeDuration: 120,
    locale: language.value === 'zh' ? WORDS : undefined,
    ...options,
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left')
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-left')
  return map
}
