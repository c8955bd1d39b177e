# Writes built_in.cpp: the lexicons and the model as bytes of the program (.incbin). The files' hashes stand in it, so
# that a changed file means a changed source.
set(SOYUZ_INCBIN "")
set(SOYUZ_SYMBOLS "")
set(SOYUZ_LEXICON_LIST "")
set(SOYUZ_MODEL_RETURN "    return {};")

function(soyuz_embed symbol file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(SHA256 ${file} hash)
    string(APPEND SOYUZ_INCBIN
        "    \".global ${symbol}\\n.global ${symbol}_end\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n${symbol}_end:\\n\"  // ${hash}\n")
    string(APPEND SOYUZ_SYMBOLS "extern char const ${symbol}[];\nextern char const ${symbol}_end[];\n")
    set(SOYUZ_INCBIN "${SOYUZ_INCBIN}" PARENT_SCOPE)
    set(SOYUZ_SYMBOLS "${SOYUZ_SYMBOLS}" PARENT_SCOPE)
endfunction()

file(GLOB lexicons CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lexicons/*.json)
list(SORT lexicons)
foreach(lexicon ${lexicons})
    get_filename_component(name ${lexicon} NAME)
    string(MAKE_C_IDENTIFIER "soyuz_lexicon_${name}" symbol)
    soyuz_embed(${symbol} ${lexicon})
    string(APPEND SOYUZ_LEXICON_LIST "        {\"${name}\", std::string(${symbol}, ${symbol}_end)},\n")
endforeach()

file(GLOB model CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/moderation.model)
if(model)
    soyuz_embed(soyuz_model ${model})
    set(SOYUZ_MODEL_RETURN "    return {soyuz_model, static_cast<std::size_t>(soyuz_model_end - soyuz_model)};")
endif()

configure_file(built_in.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/built_in.cpp @ONLY)
