/** A telling as it is typed: saved a moment after each pause, one save after the other. */
import { computed, ref, shallowRef, watch } from 'vue'
import { api, type Problem } from '@/api/client'
import { asProblem } from '@/design/resource'
import type { Incident } from './shapes'

export interface Telling {
  kind: string
  what: string
  title: string
  region: string
  place: string
  lon: number | null
  lat: number | null
  /** In which the two are; the server turns them into WGS-84. */
  datum: string
  happened_at: string | null
  /** As typed: an empty box is "nobody said", which is not zero. */
  figures: Record<string, string>
  caller_name: string
  caller_phone: string
  source: string
}

export const nothing = (): Telling => ({
  kind: '',
  what: '',
  title: '',
  region: '',
  place: '',
  lon: null,
  lat: null,
  datum: 'wgs84',
  happened_at: null,
  figures: {},
  caller_name: '',
  caller_phone: '',
  source: '',
})

const PAUSE = 500

export function tellingOf(one: Incident): Telling {
  return {
    kind: one.kind,
    what: one.what,
    title: one.title,
    region: one.region ?? '',
    place: one.place,
    lon: one.lon,
    lat: one.lat,
    datum: 'wgs84',
    happened_at: one.happened_at,
    figures: Object.fromEntries(
      one.figures.filter(({ value }) => value !== null).map(({ key, value }) => [key, `${value}`]),
    ),
    // What is masked is known elsewhere; saved so it would stand in the place of the real name.
    caller_name: one.caller.masked ? '' : (one.caller.name ?? ''),
    caller_phone: one.caller.masked ? '' : (one.caller.phone ?? ''),
    source: one.source,
  }
}

function spoken(telling: Telling): Record<string, unknown> {
  const figures = Object.entries(telling.figures)
    .filter(([, said]) => said.trim() !== '')
    .map(([key, said]) => [key, Number(said)])
  return { ...telling, figures: Object.fromEntries(figures) }
}

/** Keeps a telling on the server; `begun` is told the id once there is one. */
export function useTelling(begun: (id: string) => void) {
  const telling = ref(nothing())
  const incident = shallowRef<Incident | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const saving = ref(false)
  let kept = JSON.stringify(nothing())
  let pause = 0
  let last: Promise<void> = Promise.resolve()
  const dirty = ref(false)

  async function send(): Promise<void> {
    const said = JSON.stringify(telling.value)
    if (said === kept) return
    saving.value = true
    try {
      const body = spoken(JSON.parse(said) as Telling)
      const id = incident.value?.id
      incident.value = id
        ? await api.patch<Incident>(`/incidents/${id}`, body)
        : await api.post<Incident>('/incidents', body)
      kept = said
      problem.value = null
      if (!id) begun(incident.value.id)
    } catch (failure) {
      problem.value = asProblem(failure)
    } finally {
      saving.value = false
      dirty.value = JSON.stringify(telling.value) !== kept
    }
  }

  /** Saves what stands there now, after whatever is being saved. */
  function save(): Promise<void> {
    clearTimeout(pause)
    last = last.then(send)
    return last
  }
  watch(
    telling,
    () => {
      dirty.value = JSON.stringify(telling.value) !== kept
      clearTimeout(pause)
      if (dirty.value) pause = window.setTimeout(() => void save(), PAUSE)
    },
    { deep: true },
  )

  /** Goes on with a telling that was begun, after a reload or by somebody else; false: it is over. */
  async function resume(id: string): Promise<boolean> {
    const found = await api.get<Incident>(`/incidents/${id}`)
    if (found.state !== 'draft') return false
    incident.value = found
    telling.value = tellingOf(found)
    kept = JSON.stringify(telling.value)
    dirty.value = false
    return true
  }

  const errors = computed<Record<string, string>>(() =>
    Object.fromEntries(
      Object.entries(problem.value?.errors ?? {}).map(([name, said]) => [name, said.join(' ')]),
    ),
  )
  return { telling, incident, problem, errors, saving, dirty, save, resume }
}
