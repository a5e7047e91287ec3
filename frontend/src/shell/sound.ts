/** Sounds made by the browser itself, so that nothing is fetched when the server is away. */

let context: AudioContext | null = null

/** Must run inside a click: browsers keep sound locked until then. */
export async function unlockSound(): Promise<boolean> {
  context ??= new AudioContext()
  if (context.state === 'suspended') await context.resume()
  return context.state === 'running'
}

export const soundContext = () => context

function tone(at: number, hertz: number, seconds: number, loud: number): void {
  if (!context) return
  const source = context.createOscillator()
  const gain = context.createGain()
  source.type = 'triangle'
  source.frequency.value = hertz
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(loud, at + 0.02)
  gain.gain.setValueAtTime(loud, at + seconds - 0.05)
  gain.gain.linearRampToValueAtTime(0, at + seconds)
  source.connect(gain).connect(context.destination)
  source.start(at)
  source.stop(at + seconds)
}

/** Two rising tones: something arrived for you. */
export function chime(): void {
  if (!context) return
  const now = context.currentTime + 0.02
  tone(now, 660, 0.18, 0.35)
  tone(now + 0.2, 880, 0.3, 0.35)
}

/** A knocking pair, three times: a gauge says that something is wrong. */
export function summons(): void {
  if (!context) return
  const now = context.currentTime + 0.02
  for (const round of [0, 0.55, 1.1]) {
    tone(now + round, 988, 0.14, 0.45)
    tone(now + round + 0.18, 740, 0.2, 0.45)
  }
}

/** Three falling tones, twice: the server is lost. */
export function siren(): void {
  if (!context) return
  const now = context.currentTime + 0.02
  for (const round of [0, 0.95]) {
    tone(now + round, 932, 0.25, 0.5)
    tone(now + round + 0.27, 740, 0.25, 0.5)
    tone(now + round + 0.54, 587, 0.35, 0.5)
  }
}
