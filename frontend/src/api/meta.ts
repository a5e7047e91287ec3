/** The server's description of itself: registers, layers, code tables, rights. */
import { computed, shallowRef } from 'vue'
import { api } from './client'
import type { Meta, Register } from './types'

export const meta = shallowRef<Meta | null>(null)
let coming: Promise<Meta> | null = null

export function loadMeta(): Promise<Meta> {
  coming ??= api.get<Meta>('/meta').then(
    (told) => {
      // A server without a map yet tells neither layers nor a base map.
      const loaded = { ...told, layers: told.layers ?? [], basemap: told.basemap ?? {} }
      meta.value = loaded
      return loaded
    },
    (error: unknown) => {
      coming = null
      throw error
    },
  )
  return coming
}

/** Forgets what another user saw. */
export function dropMeta(): void {
  meta.value = null
  coming = null
}

export const registers = computed(() =>
  [...(meta.value?.registers ?? [])]
    .filter((register) => register.rights.view)
    .sort((a, b) => a.order - b.order),
)

export const registerOf = (key: string): Register | undefined =>
  meta.value?.registers.find((register) => register.key === key)

export interface Domain {
  key: string
  title: string
  title_en: string
  registers: Register[]
}

export const domains = computed<Domain[]>(() => {
  const found = new Map<string, Domain>()
  for (const register of registers.value) {
    const { domain, domain_title, domain_title_en } = register
    const held = found.get(domain)
    if (held) held.registers.push(register)
    else
      found.set(domain, {
        key: domain,
        title: domain_title,
        title_en: domain_title_en,
        registers: [register],
      })
  }
  return [...found.values()]
})

export const mayDo = (action: string) => meta.value?.rights.includes(action) ?? false
