// One cluster after another: two cores are not shared by two of them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
