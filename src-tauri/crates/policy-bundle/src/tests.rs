mod figures;
mod keys;
mod machine;
mod offers;
mod refused;
mod restart;
