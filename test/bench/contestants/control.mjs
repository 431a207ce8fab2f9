/** The host page with a button that an inline script adds: measures the page and the harness alone. */
export const contestant = {
  id: 'control',
  label: 'control (no widget)',
  probe: { control: '#control' },
  page: ({ idle }) =>
    idle
      ? ''
      : `<script>const b=document.createElement('button');b.id='control';b.textContent='hi';b.style='position:fixed;right:20px;bottom:20px;width:200px;height:60px';document.body.append(b)</script>`,
  answer: (page) => page.click('#control'),
};
