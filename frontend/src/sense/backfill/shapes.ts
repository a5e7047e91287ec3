/** Files of old observations as the server tells of them. */
import { msg } from '@/locale'
import type { ImportError } from '@/api/types'

export interface Backfill {
  id: string
  name: string
  zone: string
  at: string
  ended_at: string | null
  state: 'reading' | 'checked' | 'writing' | 'done' | 'failed' | 'discarded'
  rows: number
  good: number
  accepted: number
  duplicates: number
  late: number
  outlived: number
  refused: number
  streams: number
  since: string | null
  until: string | null
  error: string
  progress: number | null
  /** Given up on the way; what is left may be gone on with. */
  again: boolean
}

/** A row as it was understood: what stands in the file, and what would be stored. */
export interface Sample {
  row: number
  stream: string
  station: string
  unit: string
  sent: Record<string, string>
  time: number
  value: number
}

export interface OwnBackfill extends Backfill {
  sample: Sample[]
  troubles: ImportError[]
  troubles_total: number
}

export interface ListedBackfill extends Backfill {
  by_name: string
  own: boolean
}

export const STATES: Record<Backfill['state'], string> = {
  reading: msg('正在读取和检查'),
  checked: msg('检查完毕，还没有写入'),
  writing: msg('正在写入'),
  done: msg('已写入'),
  failed: msg('没有成功'),
  discarded: msg('已放弃'),
}

/** Where clocks hang whose times say no zone; any other name of the tz database may be typed. */
export const ZONES: { zone: string; label: string }[] = [
  { zone: 'Asia/Shanghai', label: msg('北京时间') },
  { zone: 'UTC', label: msg('世界时（UTC）') },
]

export interface Figure {
  label: string
  value: number
  help?: string
  bad?: boolean
}

/** The counts to show: what a look at the file promises, or what became of it. */
export function figures(run: Backfill): Figure[] {
  const looked = ['reading', 'checked'].includes(run.state)
  const late = {
    label: msg('早于现有最新值'),
    value: run.late,
    help: msg('只补进历史，不动最新值'),
  }
  const outlived = {
    label: msg('早于保留期限'),
    value: run.outlived,
    help: msg('单个值不久就会删去，只留小时汇总；要留下，先请管理员放宽保留期限'),
    bad: true,
  }
  const short = run.outlived ? [outlived] : []
  const refused = { label: msg('不收'), value: run.refused, bad: run.refused > 0 }
  return looked
    ? [
        { label: msg('共'), value: run.rows },
        { label: msg('可以写入'), value: run.good },
        late,
        ...short,
        refused,
      ]
    : [
        { label: msg('共'), value: run.rows },
        { label: msg('写入'), value: run.accepted },
        { label: msg('已有'), value: run.duplicates, help: msg('以前就有，不写第二遍') },
        late,
        ...short,
        refused,
      ]
}
