const fine = 1;
const broken = ;
function next() {
  return 1 +;
}
