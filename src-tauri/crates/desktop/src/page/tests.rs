mod places;
mod types;
