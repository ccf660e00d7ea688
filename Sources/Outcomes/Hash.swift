/// A hash that is the same in every process, unlike `Hasher`.
public enum Hash {
  /// FNV-1a (Fowler, Noll, Vo), 64 bits, finished by the mixer of SplitMix64 so that its low bits are even.
  @inline(__always)
  public static func fnv1a(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in bytes.indices {
      hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3
    }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }
}
