/** In an exercise: what is really the matter in the live workspace it was copied from. */
import { computed, shallowRef } from 'vue'
import { api } from '@/api/client'
import { workspace } from '@/api/session'
import type { Level } from '@/sense/levels'

export interface RealMatter {
  kind: 'alarm' | 'warning'
  id: string
  hazard_label: string
  hazard_label_en: string
  level: Level | null
  title: string
  place: string
  at: string
}
export interface RealTold {
  /** "" where nothing real can be: a demo, or an exercise copied from one. */
  source: string
  /** Whether the live workspace spoke lately. */
  told: boolean
  at: string | null
  items: RealMatter[]
  base: string
  port: number | null
}

export const real = shallowRef<RealTold | null>(null)
/** Somebody has seen these; what comes later shows again. */
const seen = shallowRef<ReadonlySet<string>>(new Set())
const EVERY = 5_000
let timer: ReturnType<typeof setInterval> | undefined

export const matters = computed(() => real.value?.items ?? [])
export const fresh = computed(() => matters.value.filter((one) => !seen.value.has(one.id)))

/** Where the live workspace answers for whoever looks at this page. */
export const liveAddress = computed(() => {
  const told = real.value
  if (!told) return ''
  if (told.base) return told.base
  return told.port ? `${location.protocol}//${location.hostname}:${told.port}` : ''
})

export function heardOf(): void {
  seen.value = new Set(matters.value.map((one) => one.id))
}

async function ask(): Promise<void> {
  try {
    real.value = await api.get<RealTold>('/exercises/real-alarms')
  } catch {
    // A lost server is shouted about elsewhere; what was told last stays on the screen.
  }
}

export function followReal(): () => void {
  clearInterval(timer)
  if (workspace.value?.kind !== 'exercise') return () => undefined
  void ask()
  timer = setInterval(() => void ask(), EVERY)
  return () => clearInterval(timer)
}
