import type { CatalogueModel } from '../model.ts';

/**
 * Smart Turn v3.2, quantised for CPUs. It is released on Hugging Face, whose page names the licence and 8 MB; size,
 * checksum and revision are those that public projects pin and agree on. Pipecat, of the same makers, has a file of this
 * name in its repository: the checksum tells whether it is the same. docs/adr/0013 has the sources.
 */
export const SMART_TURN: CatalogueModel = {
  name: 'smart-turn',
  title: 'Smart Turn v3.2',
  stage: 'turn',
  languages: ['mul'],
  does: 'tells by ear whether a caller has finished',
  licence: 'BSD-2-Clause',
  home: 'https://huggingface.co/pipecat-ai/smart-turn-v3',
  files: [
    {
      name: 'smart-turn-v3.2-cpu.onnx',
      bytes: 8_679_182,
      sha256: '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f',
      huggingFace: { repo: 'pipecat-ai/smart-turn-v3', revision: 'f766f81d3cfdf7737ac64aad813d91bbfd56bf93' },
      urls: [
        'https://raw.githubusercontent.com/pipecat-ai/pipecat/acead0507d7de44e216d24533964106ca1d1d044/src/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx',
      ],
    },
  ],
};
