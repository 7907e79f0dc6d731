/// Elementary functions on vectors of lanes, by polynomials of our own: every lane takes the same path, ranges are
/// reduced by adding and subtracting a magic number (whose last bit is the unit, so that the sum rounds), special
/// values are blended in. Largest errors found against libm in higher precision are at most 2 ulp (see
/// `VectorMathTests`); most results are correctly rounded.
enum VectorMath {}
