# The version is the nearest tag, or the short commit where there is none.
execute_process(COMMAND git describe --tags --always --dirty WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE SOYUZ_VERSION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT SOYUZ_VERSION)
    set(SOYUZ_VERSION "unknown")
endif()
