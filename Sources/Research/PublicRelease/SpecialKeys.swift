/// The keys of files that other programs define, each recognised by what only that file has.
enum SpecialKeys {
  /// The keys that a file of JSON may have.
  static func keys(for bytes: ArraySlice<UInt8>) -> [String: ValueForm] {
    let start = bytes.text
    if start.contains("\"panels\""), start.contains("\"schemaVersion\"") { return dashboard }
    if start.contains("\"spdxVersion\"") { return billOfMaterials }
    if start.contains("\"lineLength\""), start.contains("\"respectsExistingLineBreaks\"") { return formatter }
    return KnownFields.keys
  }

  private static let formatter: [String: ValueForm] = forms(
    "version lineLength indentation spaces respectsExistingLineBreaks lineBreakBeforeEachArgument", .number
  ).merging(["rules": .map(.flag)]) { $1 }

  private static let dashboard: [String: ValueForm] = forms(
    """
    panels schemaVersion id uid title description type datasource targets expr legendFormat refId gridPos h w x y fieldConfig
    defaults overrides unit min max decimals thresholds mode steps color value custom options legend displayMode placement
    calcs showLegend tooltip sort reduceOptions colorMode graphMode justifyMode orientation textMode values fields time from
    to timezone refresh tags editable version templating list annotations builtIn enable hide iconColor name links graphTooltip
    style weekStart fiscalYearStartMonth liveNow timepicker label multi includeAll current selected query regex definition
    allValue matcher properties mappings index result instant interval range format drawStyle lineInterpolation lineWidth
    fillOpacity gradientMode spanNulls showPoints pointSize stacking group axisPlacement axisLabel scaleDistribution
    hideFrom tooltip viz barAlignment axisCenteredZero axisColorMode axisBorderShow axisSoftMin axisSoftMax fixedColor
    inputs pluginId pluginName __inputs __requires pluginVersion transformations repeat repeatDirection maxPerRow
    transparent noValue filterable width cellOptions footer show reducer countRows sortBy desc displayName displayName
    collapsed wideLayout namePlacement valueMode sizing minVizHeight minVizWidth showPercentChange percentChangeColorMode
    editorMode exemplar text step titleFormat textFormat
    """, .sentence
  ).merging(["options": .map(.sentence)]) { $1 }

  private static let billOfMaterials: [String: ValueForm] = forms(
    """
    spdxVersion dataLicense SPDXID name documentNamespace creationInfo created creators packages versionInfo supplier
    downloadLocation filesAnalyzed licenseConcluded licenseDeclared copyrightText externalRefs referenceCategory
    referenceType referenceLocator checksums algorithm checksumValue relationships spdxElementId relationshipType
    relatedSpdxElement documentDescribes licenseListVersion primaryPackagePurpose
    """, .sentence)

  private static func forms(_ names: String, _ form: ValueForm) -> [String: ValueForm] {
    Dictionary(KnownFields.words(names).map { ($0, form) }) { first, _ in first }
  }
}
