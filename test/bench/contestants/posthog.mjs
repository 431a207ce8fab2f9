import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { survey } from '../lib/fixture.mjs';
import { startVendor } from '../lib/vendor.mjs';

const folder = dirname(createRequire(import.meta.url).resolve('posthog-js/package.json'));
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const TOKEN = 'phc_contest';
const text = { description: '', descriptionContentType: 'text' };

/** The same two questions in PostHog's own form; on a page where nothing is due its condition never holds. */
const surveyFor = (isIdle) => ({
  id: '018f0000-0000-0000-0000-000000000001',
  name: survey.name,
  description: '',
  type: 'popover',
  schedule: 'always',
  linked_flag_key: null,
  targeting_flag_key: null,
  internal_targeting_flag_key: null,
  feature_flag_keys: [],
  questions: [
    {
      ...text,
      id: survey.rating.id,
      type: 'rating',
      display: 'number',
      scale: survey.rating.max,
      question: survey.rating.title,
      originalQuestionIndex: 0,
      lowerBoundLabel: survey.rating.low,
      upperBoundLabel: survey.rating.high,
      buttonText: 'Next',
    },
    {
      ...text,
      id: survey.text.id,
      type: 'open',
      question: survey.text.title,
      originalQuestionIndex: 1,
      optional: survey.text.optional,
      buttonText: 'Submit',
    },
  ],
  conditions: isIdle ? { url: 'never-matches', urlMatchType: 'icontains' } : null,
  appearance: {
    position: 'right',
    whiteLabel: false,
    displayThankYouMessage: true,
    thankYouMessageHeader: 'Thank you!',
    placeholder: survey.text.placeholder,
    surveyPopupDelaySeconds: 0,
  },
  start_date: '2024-01-01T00:00:00Z',
  end_date: null,
  current_iteration: null,
  current_iteration_start_date: null,
  enable_partial_responses: false,
});

/** Features that surveys don't need (replay, heat maps, flags, dead clicks, web vitals) are off, in PostHog's favour. */
const settingsFor = (token) => ({
  token,
  supportedCompression: ['gzip', 'gzip-js'],
  hasFeatureFlags: false,
  captureDeadClicks: false,
  capturePerformance: false,
  autocapture_opt_out: false,
  autocaptureExceptions: false,
  analytics: { endpoint: '/i/v0/e/' },
  elementsChainAsString: true,
  errorTracking: { autocaptureExceptions: false, suppressionRules: [] },
  sessionRecording: false,
  heatmaps: false,
  conversations: false,
  productTours: false,
  logs: { captureConsoleLogs: false },
  surveys: true,
  defaultIdentifiedOnly: true,
});

const json = (body) => ({ body: JSON.stringify(body) });

/** The part of PostHog's API that a page with a survey requests. */
function answer({ pathname, searchParams }) {
  if (pathname.startsWith('/array/')) {
    const token = pathname.split('/')[2];
    const settings = settingsFor(token);
    if (!pathname.endsWith('config.js')) return json(settings);
    const entry = JSON.stringify({ config: settings, siteApps: [] });
    return {
      body: `(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})[${JSON.stringify(token)}]=${entry}`,
      headers: { 'Content-Type': 'application/javascript', 'Cache-Control': 'public, max-age=300' },
    };
  }
  if (pathname.startsWith('/api/surveys'))
    return json({ surveys: [surveyFor(searchParams.get('token').endsWith('_idle'))], survey_config: null });
  if (/^\/(flags|decide)/.test(pathname))
    return json({ flags: {}, featureFlags: {}, featureFlagPayloads: {}, errorsWhileComputingFlags: false });
  if (/^\/(i|e|s|capture|batch)\b/.test(pathname)) return json({ status: 'Ok' });
}

// Its hosts serve each file without and with the version in its path; the main script asks for either.
const names = ['array.js', 'surveys.js'];
const server = await startVendor({
  files: Object.fromEntries(
    names.flatMap((name) => {
      const content = readFileSync(join(folder, 'dist', name));
      return ['/static', `/static/${version}`].map((path) => [`${path}/${name}`, content]);
    }),
  ),
  headers: { 'Cache-Control': 'public, max-age=14400' },
  answer,
});

/** PostHog's published files with the snippet of its set-up page, with a stub of its API on loopback. */
export const contestant = {
  id: 'posthog',
  label: `PostHog ${version}`,
  probe: { control: 'div[class^="PostHogSurvey"] >>> .ratings-number' },
  page({ idle }) {
    const entry = [
      `${TOKEN}${idle ? '_idle' : ''}`,
      { api_host: server.url, person_profiles: 'identified_only' },
    ];
    return `<script>window.posthog=window.posthog||[];posthog._i=[${JSON.stringify(entry)}];posthog.people=posthog.people||[];posthog.__SV=1;(function(d){var p=d.createElement("script");p.type="text/javascript";p.crossOrigin="anonymous";p.async=true;p.src="${server.url}/static/array.js";var r=d.getElementsByTagName("script")[0];r.parentNode.insertBefore(p,r)})(document)</script>`;
  },
  async answer(page) {
    await page.locator('.ratings-number').nth(3).click();
    const submit = page.locator('.form-submit').first();
    if (await submit.isVisible()) await submit.click();
    const box = page.locator('.survey-form textarea').first();
    await box.fill('fine');
    await page.locator('.form-submit').last().click();
    await page.getByText('Thank you!').waitFor();
  },
  stop: () => server.stop(),
};
