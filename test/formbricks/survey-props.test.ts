import { describe, expect, it } from 'vitest';
import { documentOf, type SurveyProps, settingsOf } from '../../src/formbricks/survey-props.ts';
import { survey } from '../core/targeting/sample.ts';

const props = (change: Partial<SurveyProps> = {}): SurveyProps => ({ survey: survey(), ...change });

describe('the settings', () => {
  it('have a value where the host names none', () => {
    expect(settingsOf(props())).toMatchObject({
      ...{ clickOutsideClose: false, overlay: 'none', placement: 'bottomRight', inAppSurveyBranding: true },
      styling: {},
    });
  });

  it.each<[string, Partial<SurveyProps>, object]>([
    ['the host’s own', { placement: 'center', overlay: 'light' }, { placement: 'center', overlay: 'light' }],
    ['an overlay in its older form', { darkOverlay: true }, { overlay: 'dark' }],
    ['an overlay in both forms', { darkOverlay: true, overlay: 'light' }, { overlay: 'light' }],
    ['no overlay of an inline survey', { mode: 'inline', overlay: 'dark' }, { overlay: 'none' }],
    ['no branding', { isBrandingEnabled: false }, { inAppSurveyBranding: false }],
  ])('are %s', (_name, change, expected) => {
    expect(settingsOf(props(change))).toMatchObject(expected);
  });
});

describe('the document', () => {
  it('is drawn without its own styling', () => {
    const own = survey({ styling: { overwriteThemeStyling: true } } as object);
    expect(documentOf(props({ survey: own }))).toMatchObject({ styling: null, workspaceOverwrites: null });
  });

  it('has the number of responses in its welcome card, if it has one', () => {
    const { welcomeCard } = documentOf(props({ responseCount: 7 }));
    expect(welcomeCard).toMatchObject({ enabled: false, responseCount: 7 });
    const none = { ...survey(), welcomeCard: undefined } as never;
    expect(documentOf(props({ survey: none, responseCount: 7 })).welcomeCard).toBeUndefined();
  });

  it('names files on the server by their whole address', () => {
    const picture = { ...survey(), endings: [{ imageUrl: '/storage/e/public/a.png' }] } as never;
    const ending = (appUrl?: string) =>
      documentOf(props({ survey: picture, ...(appUrl && { appUrl }) })).endings[0];
    expect(ending('https://server.test/')).toEqual({
      imageUrl: 'https://server.test/storage/e/public/a.png',
    });
    expect(ending()).toEqual({ imageUrl: '/storage/e/public/a.png' });
  });
});
