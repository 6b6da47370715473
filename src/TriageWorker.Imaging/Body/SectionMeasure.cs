namespace TriageWorker.Imaging.Body;

/// <summary>Measures what a slice shows of a body.</summary>
internal static class SectionMeasure
{
    private const double RimMm = 25, CutBorder = 0.25;
    private const int BoneHu = 250, LungFromHu = -950, LungToHu = -450;

    public static MeasuredSection Of(SectionGrid grid)
    {
        var pieces = CellRegions.Of(grid.Rows, grid.Columns, grid.IsBody);
        if (pieces.Count == 0) return new(default, []);
        var isCut = IsCut(grid);
        var inside = isCut ? [.. Enumerable.Range(0, grid.Count).Select(cell => !grid.IsOutside(cell))] : WithHoles(grid, pieces[0]);
        var toSkin = isCut ? null : MillimetresToSkin(grid, inside);

        var (area, lung, bone, rim) = (0, 0, 0, 0);
        for (var cell = 0; cell < grid.Count; cell++)
        {
            if (!inside[cell]) continue;
            area++;
            if (grid[cell] is > LungFromHu and < LungToHu) lung++;
            if (grid[cell] <= BoneHu) continue;
            bone++;
            if (toSkin?[cell] < RimMm) rim++;
        }

        var cellCm2 = grid.RowMm * grid.ColumnMm / 100;
        var section = new BodySection(
            area * cellCm2, pieces.Count > 1 ? (double)pieces[1].Count / pieces[0].Count : 0, isCut, Share(lung, area), Share(bone, area), Share(rim, bone));
        return new(section, [.. Enumerable.Range(0, grid.Count).Where(cell => inside[cell]).Select(grid.PixelOf)]);
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    // Elbows and a large belly touch the border here and there; a crop has body along much of it.
    private static bool IsCut(SectionGrid grid)
    {
        var border = CellRegions.Border(grid.Rows, grid.Columns).ToList();
        return border.Count(grid.IsBody) >= CutBorder * border.Count;
    }

    private static bool[] WithHoles(SectionGrid grid, List<int> piece)
    {
        var isPiece = new bool[grid.Count];
        foreach (var cell in piece) isPiece[cell] = true;
        var around = CellRegions.FromBorder(grid.Rows, grid.Columns, cell => !isPiece[cell]);
        return Array.ConvertAll(around, isAround => !isAround);
    }

    // Two passes over the grid (Borgefors 1986, the city-block form): within a cell or two of the truth, which is all that the rim needs.
    private static double[] MillimetresToSkin(SectionGrid grid, bool[] inside)
    {
        var far = Array.ConvertAll(inside, isInside => isInside ? double.MaxValue : 0);
        for (var cell = 0; cell < far.Length; cell++) Nearer(cell, -1);
        for (var cell = far.Length - 1; cell >= 0; cell--) Nearer(cell, 1);
        return far;

        void Nearer(int cell, int way)
        {
            if (!inside[cell]) return;
            var (j, i) = Math.DivRem(cell, grid.Columns);
            var beside = i + way < 0 || i + way >= grid.Columns ? 0 : far[cell + way];
            var across = j + way < 0 || j + way >= grid.Rows ? 0 : far[cell + (way * grid.Columns)];
            far[cell] = Math.Min(far[cell], Math.Min(beside + grid.ColumnMm, across + grid.RowMm));
        }
    }
}

/// <param name="Cells">Of the body, by the pixel in which each begins.</param>
internal readonly record struct MeasuredSection(BodySection Section, int[] Cells);
