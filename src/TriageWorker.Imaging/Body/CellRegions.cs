namespace TriageWorker.Imaging.Body;

/// <summary>Which cells of a grid hang together by their four sides.</summary>
internal static class CellRegions
{
    /// <returns>The regions' cells, largest first.</returns>
    public static List<List<int>> Of(int rows, int columns, Func<int, bool> belongs)
    {
        var regions = new List<List<int>>();
        var seen = new bool[rows * columns];
        for (var cell = 0; cell < seen.Length; cell++)
        {
            if (seen[cell] || !belongs(cell)) continue;
            regions.Add(Spread([cell], rows, columns, belongs, seen));
        }

        regions.Sort((one, other) => other.Count.CompareTo(one.Count));
        return regions;
    }

    /// <summary>All that can be reached from the grid's border through cells that belong.</summary>
    public static bool[] FromBorder(int rows, int columns, Func<int, bool> belongs)
    {
        var seen = new bool[rows * columns];
        Spread([.. Border(rows, columns).Where(belongs)], rows, columns, belongs, seen);
        return seen;
    }

    public static IEnumerable<int> Border(int rows, int columns) => Enumerable.Range(0, rows * columns)
        .Where(cell => cell < columns || cell >= (rows - 1) * columns || cell % columns == 0 || cell % columns == columns - 1);

    private static List<int> Spread(List<int> cells, int rows, int columns, Func<int, bool> belongs, bool[] seen)
    {
        foreach (var start in cells) seen[start] = true;
        for (var next = 0; next < cells.Count; next++)
        {
            var (j, i) = Math.DivRem(cells[next], columns);
            Visit(j - 1, i);
            Visit(j + 1, i);
            Visit(j, i - 1);
            Visit(j, i + 1);
        }

        return cells;

        void Visit(int j, int i)
        {
            var cell = (j * columns) + i;
            if (j < 0 || j >= rows || i < 0 || i >= columns || seen[cell] || !belongs(cell)) return;
            seen[cell] = true;
            cells.Add(cell);
        }
    }
}
