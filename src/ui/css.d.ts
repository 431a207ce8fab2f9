declare module '*.css?inline' {
  const css: string;
  // biome-ignore lint/style/noDefaultExport: the bundler gives a stylesheet's text as the default export
  export default css;
}
