import { type FormbricksSurveys, surveys } from '../formbricks/mobile-renderer.ts';

// The renderer alone, for web views of mobile SDKs. A page that already has one keeps it.
(window as { formbricksSurveys?: FormbricksSurveys }).formbricksSurveys ??= surveys;
