// as: libs/kernel/src/fixture.ts
// expect: no-var
export var count = 1;
