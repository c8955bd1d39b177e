#include "app/command_line.hpp"

int main(int argc, char** argv) { return soyuz::app::run(argc, argv); }
