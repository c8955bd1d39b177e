# What `cmake --install` puts where, and the Debian package that CPack makes of it (./dev package).
include(GNUInstallDirs)
set(packaging ${CMAKE_SOURCE_DIR}/packaging)

install(TARGETS soyuz DESTINATION ${CMAKE_INSTALL_BINDIR})
# Debian 12 looks for units in /lib; where /lib is a link to /usr/lib that is the same place.
install(FILES ${packaging}/soyuz.service DESTINATION /lib/systemd/system)
install(FILES ${packaging}/soyuz.toml DESTINATION /etc/soyuz)

set(documents ${CMAKE_INSTALL_DATADIR}/doc/soyuz)
file(GLOB manuals ${CMAKE_SOURCE_DIR}/docs/*.md)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${manuals} DESTINATION ${documents})

# Text of the licence, indented as the format of copyright files asks.
file(READ ${CMAKE_SOURCE_DIR}/LICENSE LICENSE_TEXT)
string(STRIP "${LICENSE_TEXT}" LICENSE_TEXT)
string(REGEX REPLACE "\n\n" "\n.\n" LICENSE_TEXT "${LICENSE_TEXT}")
string(REGEX REPLACE "\n" "\n " LICENSE_TEXT " ${LICENSE_TEXT}")
configure_file(${packaging}/debian/copyright.in ${CMAKE_BINARY_DIR}/package/copyright @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/copyright DESTINATION ${documents})

# A Debian version begins with a digit: that of the tag, or 0 and the commit.
string(REGEX REPLACE "^v" "" version "${SOYUZ_VERSION}")
string(REPLACE "-" "+" version "${version}")
if(NOT version MATCHES "^[0-9]+\\.[0-9]")
    set(version "0+${version}")
endif()

# Policy asks for a changelog and manual pages, packed.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${CMAKE_BINARY_DIR}/package/changelog
    "soyuz (${version}) unstable; urgency=medium\n\n  * Built from the sources of this version.\n\n -- The Soyuz authors <soyuz@example.org>  ${now}\n")
file(COPY ${packaging}/soyuz.1 DESTINATION ${CMAKE_BINARY_DIR}/package)
foreach(file changelog soyuz.1)
    execute_process(COMMAND gzip -9nf ${file} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/package)
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/package/changelog.gz DESTINATION ${documents})
install(FILES ${CMAKE_BINARY_DIR}/package/soyuz.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME soyuz)
set(CPACK_PACKAGE_VERSION ${version})
set(CPACK_PACKAGE_VENDOR "The Soyuz authors")
set(CPACK_PACKAGE_CONTACT "The Soyuz authors <soyuz@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "chat server in one program, with its data in one folder")
# CPack takes this, and not what is named like Debian's field, for the long part.
file(WRITE ${CMAKE_BINARY_DIR}/package/description
"Pages for browsers, an HTTP interface and WebSockets in one program.
Accounts and messages are readable files in one folder. Acknowledged
messages survive power cuts, and texts are moderated before anyone
sees them.
")
set(CPACK_PACKAGE_DESCRIPTION_FILE ${CMAKE_BINARY_DIR}/package/description)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_SOURCE_DIR}/build)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS nginx)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE architecture OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(CPACK_PACKAGE_FILE_NAME soyuz_${version}_${architecture})
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/debian/postinst ${packaging}/debian/prerm ${packaging}/debian/postrm ${packaging}/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
include(CPack)
