module haltwatch-link-example

go 1.19
