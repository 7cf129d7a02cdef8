import { exampleYaml } from './document.ts';

process.stdout.write(exampleYaml());
