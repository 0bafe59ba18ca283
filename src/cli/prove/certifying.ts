// What `prove` needs only once there is a proof, in one place so that it is loaded only then.
export { createChecker } from '../../certify/check.js';
export { encodeCertificate } from '../../findings/certificate/file.js';
export { loadModel } from '../../onnx/load.js';
export { certificateOf, certify, rejectionWords } from '../certificates/certify.js';
export { yielding } from '../certificates/yielding.js';
