/** Switching a source on and off: on only after one has seen what it gives, off with a reason. */
import { ElMessageBox } from 'element-plus'
import { api } from '@/api/client'
import { tellDone, tellProblem } from '@/design/problem-text'
import { named, t } from '@/locale'
import { count } from '@/locale/figures'
import type { Checked, Source } from './shapes'

/** What a try says about switching on. */
function verdict(checked: Checked | null): string {
  if (!checked) return t('这一份配置还没有试取过。先看看映射出来的行，再启用。')
  const strange = checked.rows.filter((row) => row.registered === false).length
  if (checked.reason || !checked.mapped)
    return t('刚才试取没有收到一个值：{why}', { why: checked.reason || t('映射不出值') })
  if (checked.rejected_count || strange)
    return t('刚才试取收 {n} 个值，收不了 {bad} 个，没登记 {strange} 行。', {
      n: count(checked.mapped),
      bad: count(checked.rejected_count),
      strange: count(strange),
    })
  return t('刚才试取收 {n} 个值，没有收不了的。', { n: count(checked.mapped) })
}

async function reasonToStop(source: Source): Promise<string> {
  const asked = await ElMessageBox.prompt(
    t('停用后不再取数，断开的这段以后可以补采。请写明原因。'),
    t('停用「{name}」？', { name: named(source) }),
    {
      confirmButtonText: t('停用'),
      cancelButtonText: t('取消'),
      inputValidator: (text) => Boolean(text?.trim()) || t('请写明原因'),
    },
  ).catch(() => null)
  return asked ? asked.value.trim() : ''
}

async function sureToStart(source: Source, checked: Checked | null): Promise<boolean> {
  const sure = await ElMessageBox.confirm(
    verdict(checked),
    t('启用「{name}」？', { name: named(source) }),
    { confirmButtonText: t('启用'), cancelButtonText: t('再看看') },
  ).catch(() => null)
  return sure !== null
}

/** Asks, switches, and tells whether anything changed. `checked`: what the console just showed. */
export async function turnSource(source: Source, checked: Checked | null): Promise<boolean> {
  const reason = source.enabled ? await reasonToStop(source) : ''
  if (source.enabled ? !reason : !(await sureToStart(source, checked))) return false
  try {
    await api.post(`/sense/sources/${source.key}/${source.enabled ? 'off' : 'on'}`, { reason })
    tellDone(source.enabled ? t('已停用') : t('已启用，马上取数'))
    return true
  } catch (failure) {
    tellProblem(failure)
    return false
  }
}
