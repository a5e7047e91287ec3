/**
 * Keeps the screen on while on watch.
 *
 * The Wake Lock API exists only on secure addresses (https, or this machine). Elsewhere a playing
 * video with a sound track has the same effect in the common engines; ours is drawn by a canvas and
 * a silent oscillator, so no file is needed. Either may be refused: the answer says which holds.
 */
import { soundContext } from './sound'

export type Awake = 'lock' | 'video' | 'none'
let lock: WakeLockSentinel | null = null
let video: HTMLVideoElement | null = null
let wanted = false

async function takeLock(): Promise<boolean> {
  if (!('wakeLock' in navigator)) return false
  try {
    lock = await navigator.wakeLock.request('screen')
    return true
  } catch {
    return false
  }
}

async function playVideo(): Promise<boolean> {
  const context = soundContext()
  const canvas = document.createElement('canvas')
  if (!context || !('captureStream' in canvas)) return false
  const brush = canvas.getContext('2d')
  const picture = canvas.captureStream(2)
  const quiet = context.createGain()
  quiet.gain.value = 0.0001
  const voice = context.createOscillator()
  const sink = context.createMediaStreamDestination()
  voice.connect(quiet).connect(sink)
  voice.start()
  sink.stream.getAudioTracks().forEach((track) => picture.addTrack(track))
  setInterval(() => brush?.fillRect(Math.random(), 0, 1, 1), 800)
  video = document.createElement('video')
  video.srcObject = picture
  video.className = 'unheard'
  video.setAttribute('playsinline', '')
  document.body.append(video)
  try {
    await video.play()
    return true
  } catch {
    return false
  }
}

export async function keepAwake(): Promise<Awake> {
  wanted = true
  if (await takeLock()) return 'lock'
  return (await playVideo()) ? 'video' : 'none'
}

export function letSleep(): void {
  wanted = false
  void lock?.release()
  lock = null
  video?.pause()
  video?.remove()
  video = null
}

// The lock is dropped whenever the tab is hidden; take it again when it is back.
document.addEventListener('visibilitychange', () => {
  if (wanted && !video && document.visibilityState === 'visible') void takeLock()
})
