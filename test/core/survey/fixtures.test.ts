import { expect, it } from 'vitest';
import { createPatternMatcher } from '../../../src/core/pattern.ts';
import { autoProgresses } from '../../../src/core/survey/auto-progress.ts';
import { leaveCircle } from '../../../src/core/survey/circle.ts';
import { blocksOf } from '../../../src/core/survey/convert.ts';
import type { AnswerValue, Survey, Text } from '../../../src/core/survey/document.ts';
import { runLogic } from '../../../src/core/survey/logic.ts';
import { findStart, fromData } from '../../../src/core/survey/prefill.ts';
import { findBroken as find, tidyAnswer } from '../../../src/core/survey/problems.ts';
import { blockOn, goBack, openProgress, percentOf, submitCard } from '../../../src/core/survey/progress.ts';
import { fillRecall } from '../../../src/core/survey/recall.ts';
import { plainText } from '../../../src/core/survey/rich-text.ts';
import { directionOf, textOf } from '../../../src/core/survey/text.ts';
import { toData } from '../../../src/core/survey/to-data.ts';
import type { FindBroken } from '../../../src/core/survey/validate.ts';
import { chooseLanguage } from '../../../src/core/targeting/language.ts';
import { type Fixture, loadFixtures } from '../../fixtures/load.ts';
import { toProblemKey } from '../../fixtures/problem-keys.ts';

const match = createPatternMatcher();
const findBroken: FindBroken = (element, answer, purse) => find(element, answer, purse, match);
const logic = { runLogic, leaveCircle, findBroken, tidyAnswer };

/** Runs the steps of a fixture through core, without a renderer. */
function play({ document, props = {}, steps }: Fixture) {
  const given = document as Survey;
  const survey: Survey = { ...given, blocks: blocksOf(given) };
  const names = new Map(
    given.questions?.map(({ id }, index) => [survey.blocks[index]?.id, `block of ${id}`]),
  );
  const nameOf = (card: string): string => names.get(card) ?? card;
  const declared = survey.hiddenFields.enabled ? (survey.hiddenFields.fieldIds ?? []) : [];
  const hiddenFields = Object.fromEntries(
    Object.entries(props.hiddenFieldsRecord ?? {}).filter(([id]) => declared.includes(id)),
  );
  let { key, code } = chooseLanguage(survey, props.languageCode);
  const start = props.startAtQuestionId && findStart(survey, props.startAtQuestionId);
  let progress = openProgress(survey, undefined);
  if (start) progress = { ...progress, card: start };
  let screen: Record<string, AnswerValue | undefined> = fromData(survey, props.prefillResponseData ?? {});
  const visited = [progress.card];
  const percents = [percentOf(survey, progress)];
  const sent: (string | undefined)[] = [];
  const elements = survey.blocks.flatMap((block) => block.elements);
  const say = (text: Text | undefined): string => {
    const data = toData(survey, progress, key, hiddenFields);
    return plainText(textOf(text, key)).replace(/.*/su, (words) =>
      fillRecall(words, {
        find: (id) => data[id] ?? progress.variables[id],
        formatDate: (year, month, day) =>
          new Intl.DateTimeFormat(code ?? 'en-US', { dateStyle: 'full', timeZone: 'UTC' }).format(
            new Date(Date.UTC(year, month - 1, day)),
          ),
      }),
    );
  };
  const same = (text: string): string => text.replace(/\s+/g, ' ');

  for (const step of steps) {
    expect(nameOf(progress.card)).toBe(step.at);
    for (const [id, what] of Object.entries(step.show ?? {})) {
      const element = elements.find((one) => one.id === id);
      const block = survey.blocks.find((one) => one.id === progress.card);
      if (id === 'dir') expect(directionOf(survey, key, code)).toBe(what);
      else if (id === 'headline') expect(same(say(survey.welcomeCard.headline))).toBe(same(String(what)));
      // A missing label is a built-in text, which only the renderer has.
      else if (id === 'buttonLabel') expect(textOf(block?.buttonLabel, key) || 'Next step').toBe(what);
      else {
        const { headline, subheader } = what as Record<string, string>;
        if (headline) expect(same(say(element?.headline))).toBe(same(headline));
        if (subheader) expect(same(say(element?.subheader))).toBe(same(subheader));
      }
    }
    for (const [id, value] of Object.entries(step.answer ?? {})) {
      const element = elements.find((one) => one.id === id);
      const isOther = /^multi/.test(element?.type ?? '') && [value].flat().includes('');
      const kept = value === null ? undefined : fromData(survey, { [id]: value })[id];
      screen = { ...screen, [id]: isOther ? [...((kept as string[]) ?? []), 'other', ''] : kept };
    }
    if (step.do === 'stay') continue;
    if (step.do === 'switchLanguage') {
      ({ key, code } = chooseLanguage(survey, step.to));
      continue;
    }
    if (step.do === 'back') progress = goBack(progress);
    else {
      const block = blockOn(survey, progress);
      const isItself = block && autoProgresses(survey, block, screen[block.elements[0]?.id ?? '']);
      if (step.do === 'auto') expect(isItself).toBe(true);
      if (step.do === 'prefilled') expect(block?.elements.every(({ id }) => id in screen)).toBe(true);
      const result = submitCard(survey, progress, {
        answers: screen,
        ttc: {},
        hiddenFields,
        logic,
        language: key,
      });
      const found = 'problems' in result ? result.problems : {};
      const keys = Object.fromEntries(Object.entries(found).map(([id, problem]) => [id, problem.key]));
      const wanted = Object.entries(step.errors ?? {}).map(([id, type]) => [id, toProblemKey(type)]);
      expect(keys).toEqual(Object.fromEntries(wanted));
      if ('problems' in result) continue;
      progress = result.progress;
      sent.push(code);
    }
    screen = { ...screen, ...progress.answers };
    visited.push(progress.card);
    if (progress.card !== 'end') percents.push(percentOf(survey, progress));
  }
  const ending = survey.endings.find(({ id }) => id === progress.endingId);
  return {
    visited: visited.map(nameOf),
    data: toData(survey, progress, key, hiddenFields),
    variables: progress.variables,
    finished: progress.finished,
    endingId: progress.endingId,
    language: code ?? null,
    progress: percents,
    languagesSent: sent,
    redirectUrl: ending?.url && say({ default: ending.url }),
    ending: {
      headline: say(ending?.headline),
      subheader: say(ending?.subheader),
      buttonLabel: say(ending?.buttonLabel),
    },
  };
}

it.each(loadFixtures().map((fixture) => [fixture.section, fixture.name, fixture] as const))(
  '%s: %s',
  (_section, _name, fixture) => {
    const { expect: wanted } = fixture;
    const played = play(fixture);
    expect(played).toMatchObject({ ...wanted, language: wanted.language ?? null });
    expect(played.data).toEqual(wanted.data);
    expect(played.variables).toEqual(wanted.variables);
  },
);

it('there are 13 fixtures of the specification and more than 20 of our own', () => {
  const fixtures = loadFixtures();
  expect(fixtures.filter(({ section }) => section === '13')).toHaveLength(13);
  expect(fixtures.filter(({ section }) => section !== '13').length).toBeGreaterThan(20);
});
