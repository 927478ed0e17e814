# What lets other builds find ckpt: the public header, ckpt.pc for pkg-config and
# a package for CMake. Both are relocatable: they find the files relative to
# themselves, in the build tree as well as installed.
include(CMakePackageConfigHelpers)

# The wrapper's own copy lies in a directory that holds nothing else, so that
# searching it lets no other header be found.
set(header ${CMAKE_SOURCE_DIR}/runtime/include/checkpoint.h)
foreach(directory include lib/ckpt/include)
  configure_file(${header} ${CMAKE_BINARY_DIR}/${directory}/checkpoint.h COPYONLY)
  install(FILES ${header} DESTINATION ${directory})
endforeach()

set(package_dir ${CMAKE_BINARY_DIR}/lib/cmake/Ckpt)
configure_file(${CMAKE_SOURCE_DIR}/cmake/ckpt.pc.in
  ${CMAKE_BINARY_DIR}/lib/pkgconfig/ckpt.pc @ONLY)
configure_file(${CMAKE_SOURCE_DIR}/cmake/CkptConfig.cmake.in
  ${package_dir}/CkptConfig.cmake @ONLY)
# The ABI may change with the second number as long as the first is 0.
write_basic_package_version_file(${package_dir}/CkptConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

install(FILES ${CMAKE_BINARY_DIR}/lib/pkgconfig/ckpt.pc DESTINATION lib/pkgconfig)
install(FILES ${package_dir}/CkptConfig.cmake ${package_dir}/CkptConfigVersion.cmake
  DESTINATION lib/cmake/Ckpt)
