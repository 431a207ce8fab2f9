import type { Settings, Styling, Survey } from './document.ts';

/** The styling in force: the survey's own where the environment allows it, else the environment's (survey-model.md 9). */
export function stylingOf({
  survey,
  settings,
}: {
  readonly survey: Pick<Survey, 'styling'>;
  readonly settings: Pick<Settings, 'styling'>;
}): Styling {
  const theme = settings.styling ?? {};
  const own = survey.styling;
  return theme.allowStyleOverwrite && own?.overwriteThemeStyling ? own : theme;
}
