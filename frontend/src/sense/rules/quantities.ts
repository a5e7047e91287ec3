/** What can be measured, in which unit, as the server declares it. */
import { computed } from 'vue'
import { meta } from '@/api/meta'
import type { QuantityTitle } from '@/api/types'

export type Quantity = QuantityTitle

export const quantities = computed((): Quantity[] => meta.value?.quantities ?? [])
export const quantityOf = (key: string | undefined) =>
  quantities.value.find((one) => one.key === key)
