/** All rules over all files. */
import { declaredIn, dependencyRule } from './dependency-rule.ts';
import { layerRule } from './layer-rule.ts';
import { nameRule } from './name-rule.ts';
import { purityRule } from './purity-rule.ts';
import { sizeRule } from './size-rule.ts';
import type { Finding, Rule, Source } from './source.ts';
import { syntaxRule } from './syntax-rule.ts';
import { textRule } from './text-rule.ts';

const RULES: readonly Rule[] = [layerRule, purityRule, nameRule, sizeRule, syntaxRule, textRule];

export function tidy(sources: readonly Source[]): readonly Finding[] {
  const declared = declaredIn(sources);
  const rules: readonly Rule[] = [...RULES, (source) => dependencyRule(source, declared)];
  return sources
    .flatMap((source) => rules.flatMap((rule) => [...rule(source)]))
    .sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/** One line that an editor can jump to. */
export function formatFinding({ path, line, rule, message }: Finding): string {
  return `${path}:${line} [${rule}] ${message}`;
}
