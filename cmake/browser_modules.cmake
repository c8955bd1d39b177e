# What npm installs for the browser's side; the server takes a lexicon from there, too. Installs when package-lock.json
# changes.
set(browser ${CMAKE_SOURCE_DIR}/browser)
find_program(NPM npm REQUIRED)
# A build that another preset's build does at the same time in this folder is waited for.
set(alone_in_browser flock ${browser}/package.json)
add_custom_command(OUTPUT ${browser}/node_modules/.package-lock.json
    COMMAND ${alone_in_browser} ${NPM} ci --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${browser}/node_modules/.package-lock.json
    DEPENDS ${browser}/package-lock.json WORKING_DIRECTORY ${browser} VERBATIM
    COMMENT "Installing what builds the browser's side (npm ci)")
add_custom_target(browser_modules DEPENDS ${browser}/node_modules/.package-lock.json)
