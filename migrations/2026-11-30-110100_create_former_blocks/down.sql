DROP TABLE former_blocks;
