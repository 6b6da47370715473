namespace TriageWorker.Dicom.Text;

/// <summary>Where bytes of text are not what Specific Character Set declares, so that reading them is a guess.</summary>
internal enum TextFault
{
    None,

    /// <summary>Bytes beyond ASCII that no set is declared or chosen for.</summary>
    Undeclared,

    /// <summary>An escape sequence whose set is not declared, or that chooses none.</summary>
    Escape,

    /// <summary>Declared as UTF-8, and none.</summary>
    NotUtf8,
}
