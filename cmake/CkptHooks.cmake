# Reads the names of runtime/include/ckpt/hooks.def once, for everything that is
# generated from them: CKPT_HOOK_NAMES is the list of hooked functions.
set(CKPT_HOOKS_DEF ${CMAKE_SOURCE_DIR}/runtime/include/ckpt/hooks.def)
set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY
  CMAKE_CONFIGURE_DEPENDS ${CKPT_HOOKS_DEF})
file(STRINGS ${CKPT_HOOKS_DEF} rows REGEX "^CKPT_HOOK\\(")
set(CKPT_HOOK_NAMES "")
foreach(row IN LISTS rows)
  if(row MATCHES "^CKPT_HOOK\\([a-z]+, ([A-Za-z0-9_]+)\\)$")
    list(APPEND CKPT_HOOK_NAMES ${CMAKE_MATCH_1})
  else()
    message(FATAL_ERROR "hooks.def: cannot read row: ${row}")
  endif()
endforeach()

# What ckpt-cc hands to the linker. Dynamic links: the executable exports the C
# library's names, so that code the pass did not see reaches the hooks. Static
# links: --wrap redirects every reference.
set(CKPT_API_NAMES checkpoint_init checkpoint_here checkpoint_disable
  checkpoint_enable checkpoint_exclude_bytes checkpoint_include_bytes
  checkpoint_on checkpoint_generation)
set(lines "{\n")
foreach(name IN LISTS CKPT_HOOK_NAMES CKPT_API_NAMES)
  string(APPEND lines "  ${name};\n")
endforeach()
string(APPEND lines "};\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/lib/ckpt/exports.list CONTENT "${lines}" @ONLY)
set(lines "")
foreach(name IN LISTS CKPT_HOOK_NAMES)
  string(APPEND lines "--wrap=${name}\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/lib/ckpt/wrap.rsp CONTENT "${lines}" @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/lib/ckpt/exports.list ${CMAKE_BINARY_DIR}/lib/ckpt/wrap.rsp
  DESTINATION lib/ckpt)
