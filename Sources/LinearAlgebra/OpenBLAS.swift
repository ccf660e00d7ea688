internal import COpenBLAS

/// The BLAS library that this process runs.
public enum OpenBLAS {
  /// Concurrent callers of a threaded `dsyrk` can race in OpenBLAS 0.3.21, and the order of a threaded sum varies.
  static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The version, build options and the kernel in use, for the lineage of a run.
  public static var configuration: String {
    String(cString: openblas_get_config())
  }
}
