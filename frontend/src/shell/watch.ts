/** 开始值守: sound unlocked, screen awake, stream followed, and a loud word when the server is lost. */
import { computed, ref, watch } from 'vue'
import { holdStream, link, onStream } from '@/api/stream'
import type { StreamEvent } from '@/api/work'
import { msg, t } from '@/locale'
import { alarmCounts, countAlarms } from './alarm-count'
import { countOwed, owedCounts } from './owed'
import { keepAwake, letSleep, type Awake } from './awake'
import { chime, siren, summons, unlockSound } from './sound'

/** How long the server may be silent before the desk shouts. */
const LOST_AFTER = 5000

export interface Arrival {
  id: number
  text: string
  to: string
  at: string
}

export const onWatch = ref(false)
export const awake = ref<Awake>('none')
export const arrivals = ref<Arrival[]>([])
const tick = ref(Date.now())
let ticking: ReturnType<typeof setInterval> | undefined
let forget: (() => void) | undefined
let release: (() => void) | undefined
let flashing = 0

export const lostFor = computed(() =>
  onWatch.value && !link.value.up ? Math.max(0, tick.value - link.value.since) : 0,
)
export const lost = computed(() => lostFor.value > LOST_AFTER)

const WORDS: Record<string, { text: string; to: string }> = {
  alert: { text: msg('收到新的预警'), to: '/warn/inbox' },
  incident: { text: msg('收到新的险情灾情'), to: '/' },
}
/** Deeds on obligations of a whole county pass by here; only what is mine may ring. */
const OWED = new Set(['obligation', 'notice', 'answer'])

function announce(text: string, to: string, at: string, ring = chime): void {
  arrivals.value = [{ id: Date.now() + Math.random(), text, to, at }, ...arrivals.value].slice(
    0,
    30,
  )
  ring()
  flash(t(text))
}

/** What makes an alarm loud: not that somebody acknowledged it, nor that it eased. */
const LOUD = new Set(['alarms.raised', 'alarms.worsened', 'alarms.returned'])
/** An alarm that nobody acknowledges rings again. */
const AGAIN = 60_000
let rang = 0
let hearing = 0

/** A storm of alarms is one announcement. */
function heed(at: string): void {
  if (hearing) return
  hearing = window.setTimeout(async () => {
    hearing = 0
    await countAlarms()
    if (!alarmCounts.value.raised) return
    rang = Date.now()
    announce(msg('有待确认的报警'), '/alarms', at, summons)
  }, 500)
}

let pause = 0
function recount(at: string): void {
  clearTimeout(pause)
  pause = window.setTimeout(async () => {
    const before = owedCounts.value
    await countOwed()
    const now = owedCounts.value
    if (now.open > before.open) announce(msg('您有新的事项'), '/obligations', at)
    else if (now.late > before.late) announce(msg('您有事项逾期'), '/obligations?late=1', at)
  }, 400)
}

function arrive(event: StreamEvent): void {
  if (OWED.has(event.event)) {
    recount(event.at)
    return
  }
  if (event.event === 'alarm') {
    if (LOUD.has(event.deed)) heed(event.at)
    else void countAlarms()
    return
  }
  const word = WORDS[event.event]
  if (word) announce(word.text, word.to, event.at)
}

/** Alternates the title until the page is looked at, at most for a minute. */
function flash(text: string): void {
  clearInterval(flashing)
  const calm = document.title.replace(/^【.*?】/, '')
  let beats = 0
  flashing = window.setInterval(() => {
    beats += 1
    const seen = document.visibilityState === 'visible' && beats > 8
    document.title = beats % 2 && !seen ? `【${text}】${calm}` : calm
    if (seen || beats > 60) clearInterval(flashing)
  }, 1000)
}

let lastSiren = 0
function onTick(): void {
  tick.value = Date.now()
  if (lost.value && tick.value - lastSiren > 6000) {
    lastSiren = tick.value
    siren()
  } else if (alarmCounts.value.raised && rang && tick.value - rang > AGAIN) {
    rang = tick.value
    summons()
  }
}

export async function beginWatch(): Promise<boolean> {
  const heard = await unlockSound()
  awake.value = await keepAwake()
  release = holdStream()
  forget = onStream(arrive)
  ticking = setInterval(onTick, 500)
  onWatch.value = true
  chime()
  heed(new Date().toISOString())
  return heard
}

export function endWatch(): void {
  forget?.()
  clearInterval(ticking)
  release?.()
  letSleep()
  onWatch.value = false
}

export function dismiss(id: number): void {
  arrivals.value = arrivals.value.filter((arrival) => arrival.id !== id)
}

watch(lost, (now) => {
  if (now) flash(t('服务器失联'))
})
